import { StopOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Segmented, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, newKey, type Page } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { byCode } from "./options";
import type { StockHold } from "./types";

type Kind = "lot" | "location" | "container" | "supplier" | "sku";

interface Values {
  reason: string;
  lot_id?: string;
  location_id?: string;
  warehouse_id?: string;
  sku_id?: string;
  container_id?: string;
  supplier_id?: string;
}

function RemoteField({ path, ...rest }: { path: string; value?: string; onChange?: (value: string) => void; id?: string }) {
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["filter", path, text],
    queryFn: ({ signal }) => api.get<Page<{ id: number; code: string; name?: string }>>(path, { q: text, limit: 50 }, signal),
  });
  return <Select {...rest} showSearch={{ filterOption: false, onSearch: setText }} loading={list.isFetching} options={(list.data?.items ?? []).map(byCode)} />;
}

function NewHold({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const { warehouse } = useScope();
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>("lot");
  const field = (name: keyof Values, label: string, path: string) => (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t("form.required", { label }) }]}>
      <RemoteField path={path} />
    </Form.Item>
  );
  return (
    <Modal open width={460} footer={null} title={t("holds.newTitle")} onCancel={onClose}>
      <p className="hc-muted">{t("holds.hint")}</p>
      <FormPattern<Values>
        guard={false}
        initialValues={warehouse ? { warehouse_id: String(warehouse.id) } : {}}
        submitLabel={t("holds.new")}
        onCancel={onClose}
        onSubmit={async (values) => {
          const ids = Object.fromEntries(
            Object.entries(values)
              .filter(([name, value]) => name !== "reason" && value !== undefined)
              .map(([name, value]) => [name, Number(value)]),
          );
          await api.post("/stock-holds", { kind, reason: values.reason, ...ids });
          await client.invalidateQueries({ queryKey: ["list"] });
          void message.success(t("holds.created"));
        }}
        onDone={onClose}
      >
        <Form.Item label={t("holds.kind")}>
          <Segmented<Kind> value={kind} onChange={setKind} options={(["lot", "location", "container", "supplier", "sku"] as const).map((value) => ({ value, label: t(`holds.kinds.${value}`) }))} />
        </Form.Item>
        {kind === "lot" ? field("lot_id", t("holds.lot"), "/lots") : null}
        {kind === "location" ? field("location_id", t("holds.location"), "/locations") : null}
        {kind === "container" ? field("container_id", t("holds.kinds.container"), "/containers") : null}
        {kind === "supplier" ? field("supplier_id", t("holds.kinds.supplier"), "/suppliers") : null}
        {kind === "sku" ? (
          <>
            {field("warehouse_id", t("holds.warehouse"), "/warehouses")}
            {field("sku_id", t("holds.sku"), "/skus")}
          </>
        ) : null}
        <Form.Item name="reason" label={t("holds.reason")} rules={[{ required: true, whitespace: true, message: t("form.required", { label: t("holds.reason") }) }]}>
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
      </FormPattern>
    </Modal>
  );
}

/** Stops on goods: what is not to be sold, why, and since when. */
export default function HoldsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const client = useQueryClient();
  const report = useReportProblem();
  const [making, setMaking] = useState(false);
  const mayRelease = can("stockkeeping.change.work");

  const columns = useMemo<ListColumn<StockHold>[]>(() => {
    const release = async (hold: StockHold) => {
      const answers = await ask({ title: t("holds.release"), okText: t("holds.release"), text: t("holds.releaseAsk"), note: { name: "reason", label: t("holds.releaseWhy"), required: true } });
      if (!answers) return;
      try {
        const made = await api.post<{ state: string; number: string }>("/stock-changes", { kind: "release", hold_id: hold.id, reason: answers.reason, key: newKey() });
        await client.invalidateQueries({ queryKey: ["list"] });
        void message.success(made.state === "applied" ? t("holds.releasedDone") : t("holds.releaseAsked", { number: made.number }));
      } catch (error) {
        report(error);
      }
    };
    return [
      { key: "kind", title: t("holds.kind"), width: 90, render: (row) => t(`holds.kinds.${row.kind}`, { defaultValue: row.kind }) },
      { key: "what", title: t("holds.what"), width: 240, render: (row) => [row.warehouse?.name, row.location?.code, row.sku ? `${row.sku.code} ${row.sku.name}` : null, row.lot?.code, row.container?.code, row.supplier?.name].filter(Boolean).join(" · ") },
      { key: "reason", title: t("holds.reason"), width: 260, render: (row) => row.reason },
      { key: "by", title: t("holds.by"), width: 110, render: (row) => row.placed_by },
      { key: "at", title: t("holds.at"), width: 120, sort: "placed_at", render: (row) => <DateTime value={row.placed_at} /> },
      {
        key: "state", title: t("holds.released"), width: 190,
        render: (row) =>
          row.released_at ? (
            <span className="hc-muted">{row.released_by} · <DateTime value={row.released_at} /></span>
          ) : mayRelease ? (
            <Button size="small" onClick={() => void release(row)}>{t("holds.release")}</Button>
          ) : (
            <ToneTag tone="orange">{t("holds.standing")}</ToneTag>
          ),
      },
    ];
  }, [t, mayRelease, ask, client, message, report]);
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "standing", label: t("holds.standing"), query: { standing: true } },
      { key: "done", label: t("holds.done"), query: { standing: false } },
      { key: "all", label: t("holds.all"), query: {} },
    ],
    [t],
  );
  const action = can("inventory.hold.create") ? <Button type="primary" icon={<StopOutlined />} onClick={() => setMaking(true)}>{t("holds.new")}</Button> : null;
  return (
    <>
      <ListPage<StockHold>
        id="stock-holds"
        title={t("holds.title")}
        hint={t("holds.hint")}
        path="/stock-holds"
        tabs={tabs}
        columns={columns}
        rowId={(row) => row.id}
        exportPath="/stock-holds/export"
        primaryAction={action}
        empty={{ title: t("holds.emptyTitle"), hint: t("holds.emptyHint") }}
      />
      {making ? <NewHold onClose={() => setMaking(false)} /> : null}
    </>
  );
}
