import { MoreOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, newKey, type Page } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import NS from "./locale";
import type { StockRow } from "./types";

/** What one can do with a row; those of a change ask another person where much is at stake. */
const CHANGES = ["condition", "owner", "sku", "lot"] as const;
const ACTS = ["adjust", "move", "askMove", ...CHANGES] as const;
type Act = (typeof ACTS)[number];
type Change = (typeof CHANGES)[number];

const CONDITIONS = ["good", "damaged", "quarantine", "returned", "expired"];

interface Values {
  counted: number;
  reason: string;
  quantity: number;
  to_location_id: number;
  to_condition?: string;
  to_owner_id?: number;
  to_sku_id?: number;
  to_lot_id?: number;
  note?: string;
}

interface Choice {
  id: number;
  code: string;
  name?: string;
}

function RemoteSelect({ path, query = {}, ...rest }: { path: string; query?: Record<string, number>; value?: number; onChange?: (value: number) => void; id?: string }) {
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["filter", path, query, text],
    queryFn: ({ signal }) => api.get<Page<Choice>>(path, { ...query, ...(text === "" ? {} : { q: text }), limit: 50 }, signal),
  });
  return (
    <Select
      {...rest}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={list.isFetching}
      options={(list.data?.items ?? []).map((one) => ({ value: one.id, label: [one.code, one.name].filter(Boolean).join(" ") }))}
    />
  );
}

const isChange = (act: Act): act is Change => (CHANGES as readonly string[]).includes(act);

/** Corrections of one stock row: count, move, have it moved, change what it is. */
export function StockMenu({ row }: { row: StockRow }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [act, setAct] = useState<Act | null>(null);
  const [key, setKey] = useState(newKey);
  const free = row.quantity - row.allocated;
  const place = [row.location.code, row.sku.code, row.lot?.code].filter(Boolean).join(" · ");
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const may: Record<Act, boolean> = {
    adjust: can("inventory.stock.adjust"),
    move: can("inventory.stock.move"),
    askMove: can("stockkeeping.move.create"),
    condition: can("stockkeeping.change.work"),
    owner: can("stockkeeping.change.work"),
    sku: can("stockkeeping.change.work"),
    lot: can("stockkeeping.change.work") && row.lot !== null,
  };
  const items = ACTS.filter((one) => may[one]).map((one) => ({ key: one, label: t(`act.${one}`), disabled: one !== "adjust" && free === 0 }));
  if (items.length === 0) return null;

  const submit = async (values: Values): Promise<string> => {
    const note = values.note ?? "";
    if (act === "adjust") {
      const made = await api.post<{ waiting?: { number: string }[] }>("/stock/adjust", { reason: values.reason, lines: [{ stock_id: row.id, counted: values.counted, note }] });
      const [asked] = made.waiting ?? [];
      return asked ? t("changeRow.asked", { number: asked.number }) : t("adjust.done");
    }
    if (act === "move") await api.post("/stock/move", { lines: [{ stock_id: row.id, quantity: values.quantity, to_location_id: values.to_location_id, note }] });
    if (act === "askMove") await api.post("/moves", { moves: [{ stock_id: row.id, quantity: values.quantity, to_location_id: values.to_location_id, note }] });
    if (act !== null && isChange(act)) {
      const { to_condition, to_owner_id, to_sku_id, to_lot_id } = values;
      const made = await api.post<{ state: string; number: string }>("/stock-changes", {
        kind: act, reason: note, key, rows: [{ stock_id: row.id, quantity: values.quantity }], to_condition: to_condition ?? null, to_owner_id: to_owner_id ?? null, to_sku_id: to_sku_id ?? null, to_lot_id: to_lot_id ?? null,
      });
      return t(made.state === "applied" ? "changeRow.done" : "changeRow.asked", { number: made.number });
    }
    return act === "askMove" ? t("move.asked") : t("move.done", { quantity: values.quantity });
  };
  const quantity = (
    <Form.Item name="quantity" label={t("move.quantity")} extra={t("move.free", { quantity: free })} rules={required(t("move.quantity"))}>
      <InputNumber min={1} max={free} precision={0} />
    </Form.Item>
  );
  const remote = (name: keyof Values, label: string, path: string, needed = true, query: Record<string, number> = {}) => (
    <Form.Item name={name} label={label} rules={needed ? required(label) : []}>
      <RemoteSelect path={path} query={query} />
    </Form.Item>
  );
  const noteLabel = t(act !== null && isChange(act) ? "changeRow.reason" : act === "adjust" ? "adjust.note" : "move.note");
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key: chosen }) => { setKey(newKey()); setAct(chosen as Act); } }}>
        <Button size="small" type="text" icon={<MoreOutlined />} aria-label={`${t("action.more")} ${place}`} />
      </Dropdown>
      {act === null ? null : (
        <Modal open width={440} footer={null} title={t("changeRow.title", { act: t(`act.${act}`), place })} onCancel={() => setAct(null)}>
          {isChange(act) || act === "adjust" ? <p className="hc-muted">{t("changeRow.hint")}</p> : null}
          {act === "askMove" ? <p className="hc-muted">{t("move.askHint")}</p> : null}
          <FormPattern<Values>
            guard={false}
            initialValues={{ counted: row.quantity, reason: "adjustment", quantity: free }}
            submitLabel={t(`act.${act}`)}
            onCancel={() => setAct(null)}
            onSubmit={async (values) => {
              const said = await submit(values);
              await Promise.all([client.invalidateQueries({ queryKey: ["detail", "sku"] }), client.invalidateQueries({ queryKey: ["list"] })]);
              void message.success(said);
            }}
            onDone={() => setAct(null)}
          >
            {act === "adjust" ? (
              <>
                <Form.Item name="counted" label={t("adjust.counted")} extra={t("adjust.now", { quantity: row.quantity })} rules={[...required(t("adjust.counted")), { validator: (_, value) => (value === row.quantity ? Promise.reject(new Error(t("adjust.same"))) : Promise.resolve()) }]}>
                  <InputNumber min={0} precision={0} autoFocus />
                </Form.Item>
                <Form.Item name="reason" label={t("adjust.reason")}>
                  <Select options={["adjustment", "count", "scrap"].map((value) => ({ value, label: t(`adjustReason.${value}`) }))} />
                </Form.Item>
              </>
            ) : quantity}
            {act === "move" || act === "askMove" ? remote("to_location_id", t("move.to"), "/locations", true, { warehouse_id: row.warehouse.id }) : null}
            {act === "condition" ? (
              <Form.Item name="to_condition" label={t("changeCondition.to")} rules={required(t("changeCondition.to"))}>
                <Select options={CONDITIONS.filter((value) => value !== row.condition).map((value) => ({ value, label: t(`condition.${value}`) }))} />
              </Form.Item>
            ) : null}
            {act === "owner" ? remote("to_owner_id", t("changeRow.owner"), "/owners") : null}
            {act === "sku" ? remote("to_sku_id", t("changeRow.sku"), "/skus") : null}
            {act === "sku" ? (
              <Form.Item noStyle shouldUpdate={(before: Values, after: Values) => before.to_sku_id !== after.to_sku_id}>
                {(form) => {
                  const sku = (form.getFieldValue as (name: string) => number | undefined)("to_sku_id");
                  return sku === undefined ? null : (
                    <Form.Item name="to_lot_id" label={t("changeRow.lotOfSku")}><RemoteSelect path="/lots" query={{ sku }} /></Form.Item>
                  );
                }}
              </Form.Item>
            ) : null}
            {act === "lot" ? remote("to_lot_id", t("changeRow.lot"), "/lots", true, { sku: row.sku.id }) : null}
            <Form.Item name="note" label={noteLabel} rules={act === "adjust" || isChange(act) ? [{ required: true, whitespace: true, message: t("form.required", { label: noteLabel }) }] : []}>
              <Input.TextArea rows={2} maxLength={200} />
            </Form.Item>
          </FormPattern>
        </Modal>
      )}
    </>
  );
}
