import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { changed } from "@/desk/floor/changes";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { Money } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { PortalDialog } from "./PortalSettings";
import type { ShopRow } from "./types";

type Rules = Pick<ShopRow, "name" | "currency" | "allow_partial" | "amount_limit" | "duplicate_hours" | "hold_remarks" | "auto_approve" | "merge_policy" | "split_by" | "substitute_policy" | "ticket_address" | "ticket_requests" | "is_active">;
interface Values extends Rules {
  code: string;
  channel: string;
  channel_name?: string;
  owner: string;
}

const FREEDOM = ["off", "ask", "auto"] as const;
const SPLITS = ["stock", "temperature", "hazard", "supplier", "promise", "size"] as const;

function ShopDialog({ shop, onClose }: { shop: ShopRow | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const owners = useQuery({
    queryKey: ["options", "/owners", "codes"],
    queryFn: ({ signal }) => api.get<Page<{ code: string; name: string }>>("/owners", { limit: 200 }, signal),
    enabled: shop === null && can("partners.owner.view"),
  });
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const freedom = FREEDOM.map((value) => ({ value, label: t(`shops.freedom.${value}`) }));
  const flag = (name: keyof Rules, label: string, hint?: string) => (
    <Form.Item name={name} label={label} extra={hint} valuePropName="checked"><Switch /></Form.Item>
  );
  return (
    <RecordDialog<Values>
      title={shop ? t("shops.edit", { code: shop.code }) : t("shops.new")}
      width={700}
      initialValues={shop ? { ...shop, channel: shop.channel.code, owner: shop.owner.code } : { currency: "CNY", allow_partial: true, duplicate_hours: 24, hold_remarks: true, auto_approve: true, is_active: true, amount_limit: null, merge_policy: "ask", split_by: [], substitute_policy: "ask", ticket_address: false, ticket_requests: true }}
      onClose={onClose}
      onSubmit={({ code, channel, channel_name, owner, ...rules }) =>
        shop ? api.patch(`/shops/${shop.id}`, changed(shop, rules)) : api.post("/shops", { ...rules, code, channel, owner, channel_name: channel_name ?? "" })
      }
    >
      <FormSection title={t("shops.basics")}>
        <Form.Item name="code" label={t("col.code")} rules={required(t("col.code"))}><Input maxLength={32} disabled={shop !== null} autoFocus={shop === null} /></Form.Item>
        <Form.Item name="name" label={t("col.keyName")} rules={required(t("col.keyName"))}><Input maxLength={100} /></Form.Item>
        <Form.Item name="channel" label={t("shops.channel")} extra={shop ? undefined : t("shops.channelHint")} rules={required(t("shops.channel"))}><Input maxLength={32} disabled={shop !== null} /></Form.Item>
        {shop ? null : <Form.Item name="channel_name" label={t("shops.channelName")}><Input maxLength={100} /></Form.Item>}
        <Form.Item name="owner" label={t("shops.owner")} rules={required(t("shops.owner"))}>
          <Select disabled={shop !== null} showSearch={{ optionFilterProp: "label" }} options={(owners.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))} />
        </Form.Item>
        <Form.Item name="currency" label={t("shops.currency")} rules={required(t("shops.currency"))}><Input maxLength={3} /></Form.Item>
      </FormSection>
      <FormSection title={t("shops.rules")}>
        {flag("auto_approve", t("shops.approve"), t("shops.approveHint"))}
        {flag("allow_partial", t("shops.partial"), t("shops.partialHint"))}
        <Form.Item name="amount_limit" label={t("shops.limit")} extra={t("shops.limitHint")}>
          <InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="duplicate_hours" label={t("shops.duplicate")} extra={t("shops.duplicateHint")} rules={required(t("shops.duplicate"))}>
          <InputNumber min={0} max={720} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        {flag("hold_remarks", t("shops.remarks"))}
        <Form.Item name="merge_policy" label={t("shops.merge")}><Select options={freedom} /></Form.Item>
        <Form.Item name="substitute_policy" label={t("shops.substitute")}><Select options={freedom} /></Form.Item>
        <Form.Item name="split_by" label={t("shops.split")} extra={t("shops.splitHint")}>
          <Select mode="multiple" allowClear options={SPLITS.map((value) => ({ value, label: t(`shops.splits.${value}`) }))} />
        </Form.Item>
        {flag("ticket_address", t("shops.ticketAddress"), t("shops.ticketAddressHint"))}
        {flag("ticket_requests", t("shops.ticketRequests"), t("shops.ticketRequestsHint"))}
        {shop ? flag("is_active", t("shops.isActive")) : null}
      </FormSection>
    </RecordDialog>
  );
}

export default function ShopsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState<ShopRow | "new" | null>(null);
  const may = can("orders.shop.manage");
  const [portal, setPortal] = useState<ShopRow | null>(null);
  const mayPortal = can("portal.policy.change");
  const columns = useMemo<ListColumn<ShopRow>[]>(() => {
    const flag = (on: boolean) => (on ? t("shops.on") : <span className="hc-faint">{t("shops.off")}</span>);
    return [
      { key: "code", title: t("col.code"), width: 140, sort: "code", render: (row) => row.code },
      { key: "name", title: t("col.keyName"), width: 200, sort: "name", render: (row) => row.name },
      { key: "channel", title: t("shops.channel"), label: t("shops.channel"), width: 120, render: (row) => row.channel.name || row.channel.code },
      { key: "owner", title: t("shops.owner"), width: 140, render: (row) => row.owner.name || row.owner.code },
      { key: "approve", title: t("shops.approve"), width: 120, render: (row) => flag(row.auto_approve) },
      { key: "partial", title: t("shops.partial"), width: 120, render: (row) => flag(row.allow_partial) },
      { key: "limit", title: t("shops.limit"), width: 120, align: "right", render: (row) => (row.amount_limit === null ? <span className="hc-faint">{t("shops.noLimit")}</span> : <Money amount={row.amount_limit} currency={row.currency} />) },
      { key: "duplicate", title: t("shops.duplicate"), width: 150, align: "right", render: (row) => (row.duplicate_hours === 0 ? flag(false) : t("shops.hours", { count: row.duplicate_hours })) },
      { key: "remarks", title: t("shops.remarks"), width: 160, render: (row) => flag(row.hold_remarks) },
      { key: "active", title: t("col.active"), width: 100, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
      ...(mayPortal
        ? [{
            key: "portal", title: t("portal.section"), label: t("portal.section"), width: 110, fixed: "right" as const,
            render: (row: ShopRow) => (
              <Button size="small" type="text" onClick={(event) => { event.stopPropagation(); setPortal(row); }}>{t("portal.edit")}</Button>
            ),
          }]
        : []),
    ];
  }, [t, mayPortal]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "is_active", label: t("filter.active"), type: "bool" }], [t]);
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("shops.new")}</Button> : null;
  return (
    <>
      <ListPage<ShopRow>
        id="shops" title={t("shops.title")} path="/shops" search={t("shops.search")} filters={filters} columns={columns} rowId={(row) => row.id} defaultSort="code" primaryAction={create}
        {...(may ? { onOpen: (row: ShopRow) => setEditing(row) } : {})}
        empty={{ title: t("shops.empty"), hint: t("shops.emptyHint"), action: create }}
      />
      {editing === null ? null : <ShopDialog shop={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      {portal === null ? null : <PortalDialog shop={portal} onClose={() => setPortal(null)} />}
    </>
  );
}
