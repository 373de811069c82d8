import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Input, InputNumber, Modal, Select, Switch } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { FormPattern } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import type { Ref } from "../types";
import NS from "./locale";

export interface Presale {
  id: number;
  code: string;
  name: string;
  shop: Ref;
  sku: Ref;
  quantity_limit: number;
  claimed: number;
  waiting: number;
  starts_at: string;
  ends_at: string;
  ship_after: string;
  deposit: string;
  is_active: boolean;
}

interface Values {
  code: string;
  name: string;
  shop_id: number;
  sku: string;
  quantity_limit: number;
  window: [Dayjs, Dayjs];
  ship_after: Dayjs;
  deposit?: number | null;
  is_active?: boolean;
}

/** A campaign, new or changed; shop and SKU of one that exists stay. */
function PresaleForm({ campaign, onClose, onSaved }: { campaign: Presale | null; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const shops = useQuery({ queryKey: ["presale-shops"], queryFn: () => api.get<Page<Ref>>("/shops", { limit: 200 }), staleTime: 60_000 });
  const submit = async (values: Values) => {
    const [starts, ends] = values.window;
    const terms = {
      name: values.name, quantity_limit: values.quantity_limit, starts_at: starts.toISOString(), ends_at: ends.toISOString(),
      ship_after: values.ship_after.toISOString(), deposit: String(values.deposit ?? 0),
    };
    await (campaign
      ? api.patch(`/presales/${campaign.id}`, { ...terms, is_active: values.is_active ?? true })
      : api.post("/presales", { ...terms, code: values.code, shop_id: values.shop_id, sku: values.sku }));
    void message.success(t("presale.saved", { code: values.code }));
    onSaved();
    onClose();
  };
  const required = (name: string) => ({ label: t(`presale.field.${name}`), rules: [{ required: true, message: t(`presale.field.${name}`) }] });
  const fresh = campaign === null;
  return (
    <Modal open width={560} title={fresh ? t("presale.add") : t("presale.edit", { code: campaign.code })} footer={null} onCancel={onClose} mask={{ closable: false }}>
      <FormPattern<Values>
        guard={false}
        onSubmit={submit}
        onCancel={onClose}
        initialValues={
          campaign
            ? { code: campaign.code, name: campaign.name, shop_id: Number(campaign.shop.id), sku: campaign.sku.code, quantity_limit: campaign.quantity_limit, window: [dayjs(campaign.starts_at), dayjs(campaign.ends_at)], ship_after: dayjs(campaign.ship_after), deposit: Number(campaign.deposit), is_active: campaign.is_active }
            : {}
        }
      >
        <Form.Item name="code" {...required("code")}><Input maxLength={32} disabled={!fresh} autoComplete="off" /></Form.Item>
        <Form.Item name="name" {...required("name")}><Input maxLength={100} /></Form.Item>
        <Form.Item name="shop_id" {...required("shop")}><Select disabled={!fresh} showSearch={{ optionFilterProp: "label" }} options={(shops.data?.items ?? []).map((shop) => ({ value: Number(shop.id), label: shop.name }))} /></Form.Item>
        <Form.Item name="sku" {...required("sku")}><Input maxLength={64} disabled={!fresh} autoComplete="off" /></Form.Item>
        <Form.Item name="quantity_limit" {...required("limit")}><InputNumber min={1} precision={0} style={{ width: 160 }} /></Form.Item>
        <Form.Item name="window" {...required("window")}><DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="ship_after" {...required("shipAfter")}><DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="deposit" label={t("presale.field.deposit")}><InputNumber min={0} precision={2} style={{ width: 160 }} /></Form.Item>
        {fresh ? null : <Form.Item name="is_active" label={t("presale.field.active")} valuePropName="checked"><Switch /></Form.Item>}
      </FormPattern>
    </Modal>
  );
}

const LIMIT = 500;

/** What shops sell before it is there: how much, until when, and what is released. */
export default function PresalesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const [editing, setEditing] = useState<Presale | "new" | null>(null);
  const mayManage = can("orders.presale.manage");
  const mayRelease = can("orders.presale.release");

  const columns = useMemo<ListColumn<Presale>[]>(() => {
    const refresh = () => client.invalidateQueries({ queryKey: ["list"] });
    const release = async (campaign: Presale) => {
      const answer = await ask({ title: `${t("presale.release")} ${campaign.code}`, okText: t("presale.release"), text: t("presale.releaseText", { limit: LIMIT }) });
      if (!answer) return;
      try {
        const { results } = await api.post<{ results: { ok: boolean; code: string }[] }>(`/presales/${campaign.id}/release`, { limit: LIMIT });
        const left = results.filter((row) => !row.ok);
        const why = [...new Set(left.map((row) => row.code))].map((code) => t(`presale.why.${code}`, { count: left.filter((row) => row.code === code).length }));
        modal.success({ title: t("presale.released", { count: results.length - left.length }), content: left.length > 0 ? [t("presale.left", { count: left.length }), ...why].join(" · ") : null });
        await refresh();
      } catch (error) {
        report(error);
      }
    };
    return [
      { key: "code", title: t("presale.col.code"), width: 120, fixed: "left", sort: "code", render: (row) => (mayManage ? <Button type="link" size="small" style={{ padding: 0 }} onClick={(event) => { event.stopPropagation(); setEditing(row); }}>{row.code}</Button> : row.code) },
      { key: "name", title: t("presale.col.name"), width: 160, render: (row) => row.name },
      { key: "active", title: t("presale.col.active"), width: 96, render: (row) => <ToneTag tone={row.is_active ? "green" : "grey"}>{t(row.is_active ? "presale.on" : "presale.off")}</ToneTag> },
      { key: "shop", title: t("presale.col.shop"), width: 120, render: (row) => row.shop.name },
      { key: "sku", title: t("presale.col.sku"), width: 170, render: (row) => <><span className="hc-num">{row.sku.code}</span> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "sold", title: t("presale.col.sold"), width: 120, align: "right", render: (row) => <><Quantity value={row.claimed} /> / <Quantity value={row.quantity_limit} /></> },
      { key: "waiting", title: t("presale.col.waiting"), width: 110, align: "right", render: (row) => <Quantity value={row.waiting} /> },
      { key: "window", title: t("presale.col.window"), width: 220, render: (row) => <><DateTime value={row.starts_at} mode="absolute" /> – <DateTime value={row.ends_at} mode="absolute" /></> },
      { key: "ship_after", title: t("presale.col.shipAfter"), width: 130, sort: "ship_after", render: (row) => <DateTime value={row.ship_after} mode="absolute" /> },
      { key: "deposit", title: t("presale.col.deposit"), width: 90, align: "right", render: (row) => <Money amount={row.deposit} currency="CNY" /> },
      { key: "release", title: "", label: t("presale.release"), width: 90, fixed: "right", render: (row) => (mayRelease ? <Button size="small" disabled={row.waiting === 0} onClick={(event) => { event.stopPropagation(); void release(row); }}>{t("presale.release")}</Button> : null) },
    ];
  }, [t, ask, client, mayManage, mayRelease, modal, report]);
  const filters = useMemo<ListFilter[]>(
    () => [{ key: "shop", label: t("presale.col.shop"), type: "remote", width: 140, path: "/shops", toOption: ((shop: Ref) => ({ value: String(shop.id), label: shop.name })) }],
    [t],
  );
  const add = mayManage ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("presale.add")}</Button> : null;
  return (
    <>
      <ListPage<Presale>
        id="presales"
        title={t("presale.title")}
        path="/presales"
        search={t("presale.search")}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.code}
        defaultSort="-ship_after"
        exportPath="/presales/export"
        exportPermission="orders.presale.export"
        onOpen={(row) => (mayManage ? setEditing(row) : undefined)}
        primaryAction={add}
        empty={{ title: t("presale.empty"), hint: t("presale.emptyHint"), action: add }}
      />
      {editing ? <PresaleForm campaign={editing === "new" ? null : editing} onClose={() => setEditing(null)} onSaved={() => void client.invalidateQueries({ queryKey: ["list"] })} /> : null}
    </>
  );
}
