import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, Select, Tag, type InputRef } from "antd";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, isProblem, newKey } from "@/api";
import { Money } from "@/shared/format/format";
import { RegionField } from "@/shared/form/RegionField";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageBody, PageHeader } from "@/shared/ui/PageHeader";
import { problemText } from "@/shared/ui/problemText";
import { centsText, isPhone, missingParts, NOBODY, parseCents, priceText, regionText, totalCents, withOffer, type DraftLine, type Recipient } from "./draft";
import css from "./entry.module.css";
import { EntryLines } from "./EntryLines";
import NS from "./locale";
import { SkuSearch } from "./SkuSearch";

interface Shop {
  id: number;
  name: string;
  currency: string;
  is_active: boolean;
}
interface Known extends Recipient {
  orders: number;
}
interface Caller {
  recipients: Known[];
  customers: { code: string; display_name: string; blocked_reason: string }[];
}
interface Taken {
  id: number;
  number: string;
  holds: string[];
}

const SHOP_KEY = "hecang.entry.shop";

/** Takes an order on the phone: who, what, send; never needs the mouse. */
export default function EntryPage() {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const shops = useQuery({ queryKey: ["entry-shops"], queryFn: () => api.get<{ items: Shop[] }>("/shops", { limit: 200 }), staleTime: 60_000 });
  const open = (shops.data?.items ?? []).filter((shop) => shop.is_active);
  const [chosen, setChosen] = useState<number | null>(() => Number(localStorage.getItem(SHOP_KEY)) || null);
  const shop = open.find((one) => one.id === chosen) ?? (open.length === 1 ? open[0] : undefined);

  const [pasted, setPasted] = useState("");
  const [caller, setCaller] = useState<Caller | null>(null);
  const [recipient, setRecipient] = useState<Recipient>(NOBODY);
  const [customer, setCustomer] = useState("");
  const [lines, setLines] = useState<DraftLine[]>([]);
  const [more, setMore] = useState({ freight: "", discount: "", buyer_remark: "", seller_remark: "" });
  const [failure, setFailure] = useState<{ title: string; lines: string[] } | null>(null);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [busy, setBusy] = useState(false);
  // One key an order: sent again after a lost answer, it is the same order.
  const key = useRef(newKey());
  const paste = useRef<InputRef>(null);
  const search = useRef<{ focus: () => void }>(null);

  const missing = missingParts(recipient);
  const total = totalCents(lines, parseCents(more.freight), parseCents(more.discount));

  const fill = (next: Recipient) => {
    setRecipient({ ...NOBODY, name: next.name, phone: next.phone, region_code: next.region_code, province: next.province, city: next.city, district: next.district, address: next.address });
    search.current?.focus();
  };
  const ask = async (phone: string) => {
    const known = await api.get<Caller>("/orders/entry/caller", { phone });
    setCaller(known);
    const [one] = known.customers;
    setCustomer(one && !one.blocked_reason ? one.code : "");
    return known;
  };
  const read = async () => {
    const text = pasted.trim();
    if (text === "") return;
    setFailure(null);
    try {
      if (isPhone(text)) {
        const known = await ask(text);
        const [latest] = known.recipients;
        if (latest && known.recipients.length === 1) fill(latest);
        else if (!latest) setRecipient({ ...NOBODY, phone: text });
      } else {
        const found = await api.post<Recipient>("/recipients/parse", { text });
        fill(found);
        if (found.phone) void ask(found.phone).catch(() => setCaller(null));
      }
    } catch (error) {
      const told = problemText(error, t);
      setFailure({ title: told.what, lines: [told.why, told.todo].filter(Boolean) });
    }
  };

  const reset = () => {
    setPasted("");
    setCaller(null);
    setRecipient(NOBODY);
    setCustomer("");
    setLines([]);
    setMore({ freight: "", discount: "", buyer_remark: "", seller_remark: "" });
    setFailure(null);
    key.current = newKey();
    paste.current?.focus();
  };
  const submit = async () => {
    if (busy) return;
    if (!shop || lines.length === 0) {
      setFailure({ title: t(shop ? "addLine" : "pickShop"), lines: [] });
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const { name, phone, region_code, address } = recipient;
      const made = await api.post<Taken>(
        "/orders/entry",
        {
          shop: shop.id,
          lines: lines.map((line) => ({ sku: line.offer.code, quantity: line.quantity, unit_price: priceText(line.price) })),
          recipient: { name, phone, region_code, address },
          customer,
          freight_amount: centsText(parseCents(more.freight)),
          discount_amount: centsText(parseCents(more.discount)),
          buyer_remark: more.buyer_remark,
          seller_remark: more.seller_remark,
        },
        { idempotencyKey: key.current },
      );
      setTaken(made);
      void message.success(t("done", { number: made.number }));
      void client.invalidateQueries({ queryKey: ["list"] });
      reset();
    } catch (error) {
      const told = problemText(error, t);
      const details = isProblem(error) ? error.errors.map((one) => one.message) : [];
      setFailure({ title: t("failed"), lines: details.length > 0 ? details : [told.what, told.why, told.todo].filter(Boolean) });
      // Refused is refused; where no answer came the order may be there, and the same key finds it.
      if (isProblem(error) && error.status >= 400 && error.status < 500) key.current = newKey();
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    }
  };
  const text = (name: "name" | "phone" | "address", label: string) => (
    <label className={css.field}>
      <span>{label}</span>
      <Input value={recipient[name]} maxLength={name === "address" ? 300 : name === "phone" ? 40 : 100} autoComplete="off" {...(pasted && missing.includes(name) ? { status: "warning" as const } : {})} onChange={(event) => setRecipient({ ...recipient, [name]: event.target.value })} />
    </label>
  );

  return (
    <div onKeyDown={onKeyDown}>
      <PageHeader
        title={t("title")}
        hint={t("hint")}
        actions={
          <Select
            style={{ width: 200 }}
            aria-label={t("shop")}
            placeholder={t("shop")}
            value={shop?.id ?? null}
            loading={shops.isLoading}
            options={open.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(id: number) => {
              localStorage.setItem(SHOP_KEY, String(id));
              setChosen(id);
            }}
          />
        }
      />
      <PageBody>
        {taken ? (
          <Alert
            type={taken.holds.length > 0 ? "warning" : "success"}
            showIcon
            closable
            style={{ marginBottom: 12 }}
            title={t("done", { number: taken.number })}
            description={taken.holds.length > 0 ? t("held", { holds: taken.holds.map((code) => t(`hold.${code}`, { ns: "orders", defaultValue: code })).join(", ") }) : undefined}
            action={<Link to={`/orders/${taken.id}`}><Button size="small">{t("open")}</Button></Link>}
          />
        ) : null}
        {failure ? (
          <Alert type="error" showIcon style={{ marginBottom: 12 }} title={failure.title} description={failure.lines.length > 0 ? failure.lines.map((line) => <div key={line}>{line}</div>) : undefined} />
        ) : null}
        <div className={css.page}>
          <section className={css.card} aria-label={t("recipient")}>
            <Input.TextArea
              ref={paste}
              autoFocus
              autoSize={{ minRows: 2, maxRows: 5 }}
              maxLength={500}
              value={pasted}
              placeholder={t("paste")}
              aria-label={t("paste")}
              onChange={(event) => setPasted(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
                  event.preventDefault();
                  void read();
                }
              }}
            />
            <div className="hc-row" style={{ justifyContent: "space-between" }}>
              <span className={css.small}>{t("pasteHelp")}</span>
              <Button size="small" onClick={() => void read()}>{t("read")}</Button>
            </div>
            {caller ? (
              caller.recipients.length > 0 ? (
                <ul className={css.known} aria-label={t("known")}>
                  {caller.recipients.slice(0, 4).map((one) => (
                    <li key={`${one.name} ${one.region_code} ${one.address}`}>
                      <button type="button" className={css.knownRow} onClick={() => fill(one)}>
                        <span className={css.knownTop}><strong>{one.name}</strong><span className={css.small}>{t("knownOrders", { count: one.orders })}</span></span>
                        <span className={css.small}>{regionText(one)} {one.address}</span>
                      </button>
                    </li>
                  ))}
                </ul>
              ) : (
                <span className={css.small}>{t("unknown")}</span>
              )
            ) : null}
            {caller && caller.customers.length > 0 ? (
              <label className={css.field}>
                <span>{t("customer")}</span>
                <Select
                  value={customer}
                  options={[{ value: "", label: t("noCustomer") }, ...caller.customers.map((one) => ({ value: one.code, label: `${one.code} ${one.display_name}` }))]}
                  onChange={setCustomer}
                />
              </label>
            ) : null}
            {caller?.customers.filter((one) => one.blocked_reason).map((one) => <Tag key={one.code} color="error">{t("blocked", { reason: one.blocked_reason })}</Tag>)}
            {text("name", t("name"))}
            {text("phone", t("phone"))}
            <label className={css.field}>
              <span>{t("region")}</span>
              <RegionField
                label={t("region")}
                value={recipient.region_code}
                text={regionText(recipient)}
                missing={pasted !== "" && missing.includes("region")}
                onChange={(code, names) => setRecipient({ ...recipient, region_code: code, province: names[0] ?? "", city: names[1] ?? "", district: names[2] ?? "" })}
              />
            </label>
            {text("address", t("address"))}
            {(pasted !== "" || recipient.phone !== "") && missing.length > 0 ? <Tag color="warning">{t("missing", { fields: missing.map((part) => t(`part.${part}`)).join("、") })}</Tag> : null}
          </section>
          <section className={css.card} aria-label={t("goods")}>
            <SkuSearch ref={search} shop={shop?.id ?? null} onAdd={(offer, quantity) => setLines((before) => withOffer(before, offer, quantity))} />
            {lines.length === 0 ? <EmptyState title={t("noLines")} hint={t("noLinesHint")} /> : <EntryLines lines={lines} onChange={setLines} currency={shop?.currency ?? "CNY"} />}
            <Form layout="vertical" component={false}>
              <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr 120px 120px", gap: 12 }}>
                {(["buyer_remark", "seller_remark"] as const).map((name) => (
                  <Form.Item key={name} label={t(name === "buyer_remark" ? "buyerRemark" : "sellerRemark")} style={{ margin: 0 }}>
                    <Input aria-label={t(name === "buyer_remark" ? "buyerRemark" : "sellerRemark")} value={more[name]} maxLength={500} autoComplete="off" onChange={(event) => setMore({ ...more, [name]: event.target.value })} />
                  </Form.Item>
                ))}
                {(["freight", "discount"] as const).map((name) => (
                  <Form.Item key={name} label={t(name)} style={{ margin: 0 }}>
                    <Input aria-label={t(name)} className="hc-num" value={more[name]} inputMode="decimal" placeholder="0.00" autoComplete="off" onChange={(event) => setMore({ ...more, [name]: event.target.value.replace(/[^\d.]/g, "") })} />
                  </Form.Item>
                ))}
              </div>
            </Form>
            <div className={css.foot}>
              <span className={css.small}>{t("summary", { lines: lines.length, units: lines.reduce((sum, line) => sum + line.quantity, 0) })}</span>
              <span>{t("total")}</span>
              <span className={css.total}><Money amount={centsText(total)} currency={shop?.currency} /></span>
              <Button type="primary" size="large" loading={busy} onClick={() => void submit()}>{t("submit")} <span className={css.keysHint}>{t("submitKeys")}</span></Button>
            </div>
          </section>
        </div>
      </PageBody>
    </div>
  );
}
