import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Form, Input, InputNumber, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { Quantity } from "@/shared/format/format";
import { FormPattern } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import type { Ref } from "../types";
import NS from "./locale";

interface Substitute {
  id: number;
  sku: Ref;
  substitute: Ref;
  shop: Ref | null;
  ratio: number;
  priority: number;
  needs_consent: boolean;
  is_active: boolean;
}

interface Values {
  sku: string;
  substitute: string;
  shop_id?: number;
  ratio: number;
  priority: number;
  needs_consent: boolean;
  is_active: boolean;
}

const INITIAL = { ratio: 1, priority: 100, needs_consent: true, is_active: true };

function SubstituteForm({ row, onClose, onSaved }: { row: Substitute | null; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const shops = useQuery({ queryKey: ["presale-shops"], queryFn: () => api.get<Page<Ref>>("/shops", { limit: 200 }), staleTime: 60_000 });
  const submit = async (values: Values) => {
    await api.post("/substitutes", { ...values, shop_id: values.shop_id ?? null });
    void message.success(t("sub.saved"));
    onSaved();
    onClose();
  };
  const fresh = row === null;
  const required = (name: string) => [{ required: true, message: t(`sub.${name}`) }];
  const initial: Partial<Values> = row
    ? { ...row, sku: row.sku.code, substitute: row.substitute.code, ...(row.shop ? { shop_id: Number(row.shop.id) } : {}) }
    : INITIAL;
  return (
    <Modal open width={480} title={t(fresh ? "sub.add" : "sub.edit")} footer={null} onCancel={onClose} mask={{ closable: false }}>
      <FormPattern<Values> guard={false} onSubmit={submit} onCancel={onClose} initialValues={initial}>
        <Form.Item name="sku" label={t("sub.sku")} rules={required("sku")}><Input maxLength={64} disabled={!fresh} autoComplete="off" /></Form.Item>
        <Form.Item name="substitute" label={t("sub.substitute")} rules={required("substitute")}><Input maxLength={64} disabled={!fresh} autoComplete="off" /></Form.Item>
        <Form.Item name="shop_id" label={t("sub.shop")}>
          <Select allowClear disabled={!fresh} placeholder={t("sub.everyShop")} options={(shops.data?.items ?? []).map((shop) => ({ value: Number(shop.id), label: shop.name }))} />
        </Form.Item>
        <Form.Item name="ratio" label={t("sub.ratio")} rules={required("ratio")}><InputNumber min={1} max={10_000} precision={0} /></Form.Item>
        <Form.Item name="priority" label={t("sub.priority")} rules={required("priority")}><InputNumber min={0} max={32_767} precision={0} /></Form.Item>
        <Form.Item name="needs_consent" valuePropName="checked"><Checkbox>{t("sub.consent")}</Checkbox></Form.Item>
        <Form.Item name="is_active" valuePropName="checked"><Checkbox>{t("sub.active")}</Checkbox></Form.Item>
      </FormPattern>
    </Modal>
  );
}

/** What may be sent in place of what is short. */
export default function SubstitutesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const [editing, setEditing] = useState<Substitute | "new" | null>(null);
  const mayManage = can("orders.substitute.manage");

  const columns = useMemo<ListColumn<Substitute>[]>(() => {
    const remove = async (row: Substitute) => {
      const answer = await ask({ title: t("sub.remove"), okText: t("sub.remove"), danger: true, text: t("sub.removeText", { sku: row.sku.code, substitute: row.substitute.code }) });
      if (!answer) return;
      try {
        await api.delete(`/substitutes/${row.id}`);
        await client.invalidateQueries({ queryKey: ["list"] });
        void message.success(t("sub.removed"));
      } catch (error) {
        report(error);
      }
    };
    const named = (one: Ref) => <><span className="hc-num">{one.code}</span> <span className="hc-muted">{one.name}</span></>;
    return [
      { key: "sku", title: t("sub.sku"), width: 220, sort: "sku", render: (row) => named(row.sku) },
      { key: "substitute", title: t("sub.substitute"), width: 220, render: (row) => named(row.substitute) },
      { key: "shop", title: t("sub.shop"), width: 130, render: (row) => row.shop?.name ?? t("sub.everyShop") },
      { key: "ratio", title: t("sub.ratio"), width: 100, align: "right", render: (row) => <Quantity value={row.ratio} /> },
      { key: "priority", title: t("sub.priority"), width: 90, align: "right", sort: "priority", render: (row) => <Quantity value={row.priority} /> },
      { key: "consent", title: t("sub.consent"), width: 150, render: (row) => t(row.needs_consent ? "sub.yes" : "sub.no") },
      { key: "active", title: t("sub.active"), width: 80, render: (row) => t(row.is_active ? "presale.on" : "presale.off") },
      { key: "remove", title: "", label: t("sub.remove"), width: 90, render: (row) => (mayManage ? <Button size="small" danger onClick={(event) => { event.stopPropagation(); void remove(row); }}>{t("sub.remove")}</Button> : null) },
    ];
  }, [t, ask, client, mayManage, message, report]);
  const add = mayManage ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("sub.add")}</Button> : null;
  return (
    <>
      <ListPage<Substitute>
        id="substitutes"
        title={t("sub.title")}
        path="/substitutes"
        search={t("sub.search")}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.sku.code}
        defaultSort="sku"
        exportPath="/substitutes/export"
        exportPermission="orders.substitute.export"
        onOpen={(row) => (mayManage ? setEditing(row) : undefined)}
        primaryAction={add}
        empty={{ title: t("sub.empty"), hint: t("sub.emptyHint"), action: add }}
      />
      {editing ? <SubstituteForm row={editing === "new" ? null : editing} onClose={() => setEditing(null)} onSaved={() => void client.invalidateQueries({ queryKey: ["list"] })} /> : null}
    </>
  );
}
