import { MoreOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import NS from "./locale";
import type { StockRow } from "./types";

type Act = "adjust" | "move" | "condition";

const CONDITIONS = ["good", "damaged", "quarantine", "returned", "expired"];

interface Values {
  counted: number;
  reason: string;
  quantity: number;
  to_location_id: number;
  to_condition: string;
  note?: string;
}

function LocationSelect({ warehouse, ...rest }: { warehouse: number; value?: number; onChange?: (value: number) => void; id?: string }) {
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["filter", "/locations", warehouse, text],
    queryFn: ({ signal }) => api.get<Page<{ id: number; code: string }>>("/locations", { q: text, warehouse_id: warehouse, limit: 50 }, signal),
  });
  return (
    <Select
      {...rest}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={list.isFetching}
      options={(list.data?.items ?? []).map((one) => ({ value: one.id, label: one.code }))}
      autoFocus
    />
  );
}

/** Corrections of one stock row: count, move, change the condition. */
export function StockMenu({ row }: { row: StockRow }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [act, setAct] = useState<Act | null>(null);
  const free = row.quantity - row.allocated;
  const place = [row.location.code, row.lot?.code].filter(Boolean).join(" · ");
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const items = [
    ...(can("inventory.stock.adjust") ? [{ key: "adjust", label: t("adjust.action") }, { key: "condition", label: t("changeCondition.action"), disabled: free === 0 }] : []),
    ...(can("inventory.stock.move") ? [{ key: "move", label: t("move.action"), disabled: free === 0 }] : []),
  ];
  if (items.length === 0) return null;

  const submit = async (values: Values) => {
    const note = values.note ?? "";
    if (act === "adjust") await api.post("/stock/adjust", { reason: values.reason, lines: [{ stock_id: row.id, counted: values.counted, note }] });
    if (act === "move") await api.post("/stock/move", { lines: [{ stock_id: row.id, quantity: values.quantity, to_location_id: values.to_location_id, note }] });
    if (act === "condition") await api.post("/stock/condition", { lines: [{ stock_id: row.id, quantity: values.quantity, to_condition: values.to_condition, note }] });
    await Promise.all([client.invalidateQueries({ queryKey: ["detail", "sku"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    void message.success(act === "adjust" ? t("adjust.done") : act === "move" ? t("move.done", { quantity: values.quantity }) : t("changeCondition.done"));
  };
  const title = act === "adjust" ? "adjust.title" : act === "move" ? "move.title" : "changeCondition.title";
  const quantity = (
    <Form.Item name="quantity" label={t("move.quantity")} extra={t("move.free", { quantity: free })} rules={required(t("move.quantity"))}>
      <InputNumber min={1} max={free} precision={0} />
    </Form.Item>
  );
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => setAct(key as Act) }}>
        <Button size="small" type="text" icon={<MoreOutlined />} aria-label={`${t("action.more")} ${place}`} />
      </Dropdown>
      {act === null ? null : (
        <Modal open width={440} footer={null} title={t(title, { place })} onCancel={() => setAct(null)}>
          <FormPattern<Values>
            guard={false}
            initialValues={{ counted: row.quantity, reason: "adjustment", quantity: free }}
            submitLabel={t(act === "adjust" ? "adjust.action" : act === "move" ? "move.action" : "changeCondition.action")}
            onCancel={() => setAct(null)}
            onSubmit={submit}
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
            ) : null}
            {act === "move" ? (
              <>
                {quantity}
                <Form.Item name="to_location_id" label={t("move.to")} rules={required(t("move.to"))}>
                  <LocationSelect warehouse={row.warehouse.id} />
                </Form.Item>
              </>
            ) : null}
            {act === "condition" ? (
              <>
                {quantity}
                <Form.Item name="to_condition" label={t("changeCondition.to")} rules={required(t("changeCondition.to"))}>
                  <Select options={CONDITIONS.filter((value) => value !== row.condition).map((value) => ({ value, label: t(`condition.${value}`) }))} />
                </Form.Item>
              </>
            ) : null}
            <Form.Item name="note" label={t(act === "adjust" ? "adjust.note" : "move.note")} rules={act === "adjust" ? required(t("adjust.note")) : []}>
              <Input.TextArea rows={2} maxLength={200} />
            </Form.Item>
          </FormPattern>
        </Modal>
      )}
    </>
  );
}
