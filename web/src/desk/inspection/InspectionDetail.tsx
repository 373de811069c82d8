import { CameraOutlined } from "@ant-design/icons";
import { Button, Checkbox, Form, Input, InputNumber, Select, Table, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Events, Photos, Product, useOne, useRun } from "./parts";
import type { ChecklistItem, Inspection, InspectionResult } from "./types";

const CLASSES = ["critical", "major", "minor"] as const;

/** One item of the checklist with its answer. */
function ItemRow({ inspection, item, open }: { inspection: Inspection; item: ChecklistItem; open: boolean }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run, busy } = useRun();
  const [text, setText] = useState("");
  const answers = inspection.results.filter((one) => one.item === item.code);
  const send = (value: string) => void run(item.code, () => api.post(`/inspections/${inspection.id}/results`, { item: item.code, value }));
  const picture = (file: Blob) =>
    void run(item.code, async () => {
      const form = new FormData();
      form.append("file", file, "photo.jpg");
      const kept = await api.post<{ id: number }>("/floor/photos", form, { query: { warehouse_id: inspection.warehouse.id } });
      await api.post(`/inspections/${inspection.id}/results`, { item: item.code, value: String(kept.id) });
    });
  const limits = [item.low ? `≥ ${item.low}` : "", item.high ? `≤ ${item.high}` : "", item.unit].filter((one) => one !== "").join(" ");
  return (
    <tr>
      <td>{item.label}{item.required ? " *" : ""}<div className="hc-faint">{t(`itemKind.${item.kind}`)} {limits} · {t(`defect.${item.defect_class}`)}</div></td>
      <td>{answers.length === 0 ? <span className="hc-faint">{t("none")}</span> : answers.map((one) => <div key={one.id}><Photos ids={[one.photo]} alt={item.label} /> <ToneTag tone={one.is_good ? "green" : "red"}>{one.value ?? (one.text || t(one.is_good ? "good" : "bad"))}</ToneTag>{one.unit > 0 ? ` #${one.unit}` : ""}{one.defect_units > 1 ? ` × ${one.defect_units}` : ""}</div>)}</td>
      <td style={{ textAlign: "right" }}>
        {!open ? null : item.kind === "yes_no" ? (
          <>
            <Button size="small" loading={busy === item.code} onClick={() => send("yes")}>{t("yes")}</Button> <Button size="small" danger onClick={() => send("no")}>{t("no")}</Button>
          </>
        ) : item.kind === "photo" ? (
          can("work.floor.use") ? (
            <Upload accept="image/jpeg,image/png,image/webp" showUploadList={false} beforeUpload={(file) => { picture(file); return false; }}>
              <Button size="small" icon={<CameraOutlined />} loading={busy === item.code}>{t("action.photo")}</Button>
            </Upload>
          ) : null
        ) : (
          <Input.Search size="small" style={{ width: 180 }} aria-label={item.label} enterButton={t("action.answer")} value={text} onChange={(event) => setText(event.target.value)} onSearch={(value) => (value.trim() === "" ? undefined : send(value))} />
        )}
      </td>
    </tr>
  );
}

function Check({ inspection }: { inspection: Inspection }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const open = can("inbound.inspection.work") && inspection.actions.includes("inspect");
  return (
    <>
      <Table
        size="small"
        rowKey="name"
        pagination={false}
        dataSource={CLASSES.flatMap((name) => (inspection.limits[name] ? [{ name, found: inspection[name], ...inspection.limits[name] }] : []))}
        columns={[
          { title: t("field.class"), render: (_, row) => t(`defect.${row.name}`) },
          { title: "AQL", render: (_, row) => row.aql || t("none") },
          { title: t("col.sample"), align: "right", render: (_, row) => <Quantity value={row.size} /> },
          { title: t("col.rule"), align: "right", render: (_, row) => <span className="hc-num">{row.letter} {row.accept} / {row.reject}</span> },
          { title: t("col.found"), align: "right", render: (_, row) => <ToneTag tone={row.found >= row.reject ? "red" : row.found > row.accept ? "orange" : "green"}>{t("limitsOf", { found: row.found, accept: row.accept })}</ToneTag> },
        ]}
      />
      {inspection.instructions ? <p className="hc-muted">{inspection.instructions}</p> : null}
      {inspection.checklist.length > 0 ? (
        <table className="hc-table" style={{ width: "100%", marginTop: 12 }} aria-label={t("plan.checklist")}>
          <tbody>{inspection.checklist.map((item) => <ItemRow key={item.code} inspection={inspection} item={item} open={open} />)}</tbody>
        </table>
      ) : null}
    </>
  );
}

function Results({ inspection }: { inspection: Inspection }) {
  const { t } = useTranslation(NS);
  const label = (row: InspectionResult) => inspection.checklist.find((item) => item.code === row.item)?.label ?? row.text;
  return (
    <Table<InspectionResult>
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={inspection.results}
      locale={{ emptyText: t("noResults") }}
      columns={[
        { title: t("field.item"), render: (_, row) => label(row) },
        { title: t("field.value"), render: (_, row) => <><Photos ids={[row.photo]} alt={label(row)} /> <ToneTag tone={row.is_good ? "green" : "red"}>{row.value ?? (row.item ? row.text || t(row.is_good ? "good" : "bad") : t("bad"))}</ToneTag></> },
        { title: t("field.class"), render: (_, row) => (row.defect_class ? t(`defect.${row.defect_class}`) : "") },
        { title: t("col.units"), align: "right", render: (_, row) => (row.defect_units > 0 ? <Quantity value={row.defect_units} /> : "") },
        { title: t("col.who"), render: (_, row) => <>{row.by} <DateTime value={row.at} /></> },
      ]}
    />
  );
}

interface DecisionValues {
  rejected: number | null;
  rejected_to: string;
  reason: string;
  claim: boolean;
}

function DecisionDialog({ inspection, decision, onClose }: { inspection: Inspection; decision: "accept" | "reject" | "conditional"; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const bad = Math.min(inspection.critical + inspection.major + inspection.minor, inspection.quantity);
  return (
    <RecordDialog<DecisionValues>
      title={`${inspection.number} · ${t(`action.${decision}`)}`}
      submitLabel={t(`action.${decision}`)}
      initialValues={{ rejected: decision === "reject" ? inspection.quantity : bad, rejected_to: "vendor", claim: decision === "reject", reason: "" }}
      onClose={onClose}
      onSubmit={(values) => api.post(`/inspections/${inspection.id}/decide`, { ...values, claim: values.claim && inspection.supplier !== null, decision })}
    >
      <FormSection title="">
        <Form.Item name="rejected" label={t("field.rejected")}><InputNumber min={0} max={inspection.quantity} disabled={decision === "reject"} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="rejected_to" label={t("field.rejectedTo")}><Select options={["vendor", "damaged"].map((value) => ({ value, label: t(`rejectedTo.${value}`) }))} /></Form.Item>
        <Form.Item name="reason" label={t("field.reason")} style={{ gridColumn: "1 / -1" }} rules={[{ required: decision !== "accept", whitespace: true }]}><Input.TextArea rows={2} maxLength={500} /></Form.Item>
        {inspection.supplier ? <Form.Item name="claim" valuePropName="checked"><Checkbox>{t("field.claim")}</Checkbox></Form.Item> : null}
      </FormSection>
    </RecordDialog>
  );
}

function DefectDialog({ inspection, onClose }: { inspection: Inspection; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ defect_class: string; value: string; units: number }>
      title={t("action.defect")}
      initialValues={{ defect_class: "major", units: 1, value: "" }}
      onClose={onClose}
      onSubmit={(values) => api.post(`/inspections/${inspection.id}/results`, values)}
    >
      <FormSection title="">
        <Form.Item name="defect_class" label={t("field.class")}><Select options={CLASSES.map((value) => ({ value, label: t(`defect.${value}`) }))} /></Form.Item>
        <Form.Item name="units" label={t("field.defectUnits")}><InputNumber min={1} max={inspection.quantity} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="value" label={t("field.defectText")} rules={[{ required: true, whitespace: true }]}><Input maxLength={200} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function CountDialog({ inspection, onClose }: { inspection: Inspection; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ inspected: number }>
      title={t("action.count")}
      initialValues={{ inspected: Math.max(inspection.inspected, inspection.sample_size) }}
      onClose={onClose}
      onSubmit={(values) => api.post(`/inspections/${inspection.id}/inspected`, values)}
    >
      <FormSection title="">
        <Form.Item name="inspected" label={t("field.inspected")}><InputNumber min={0} max={inspection.quantity} style={{ width: "100%" }} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

type Dialog = "accept" | "reject" | "conditional" | "defect" | "count" | null;

function useContent(inspection: Inspection | undefined): { content: DetailContent | null; dialog: React.ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run, busy } = useRun();
  const ask = useAsk();
  const [dialog, setDialog] = useState<Dialog>(null);
  if (!inspection) return { content: null, dialog: null };
  const may = (code: string) => inspection.actions.includes(code);
  const work = can("inbound.inspection.work");
  const actions: DetailAction[] = [
    ...(work && may("accept") ? [{ code: "accept", label: t("action.accept"), primary: true, run: () => setDialog("accept") }] : []),
    ...(work && may("inspect") ? [
      { code: "count", label: t("action.count"), primary: !may("accept"), run: () => setDialog("count") },
      { code: "defect", label: t("action.defect"), run: () => setDialog("defect") },
    ] : []),
    ...(work && may("reject") ? [{ code: "reject", label: t("action.reject"), danger: true, run: () => setDialog("reject") }] : []),
    ...(can("inbound.inspection.concede") && may("conditional") ? [{ code: "conditional", label: t("action.conditional"), run: () => setDialog("conditional") }] : []),
    ...(can("inbound.claim.manage") && may("claim") && inspection.claims.length === 0
      ? [{ code: "claim", label: t("action.claim"), loading: busy === "claim", run: () => void ask({ title: t("action.claim"), okText: t("action.claim"), note: { name: "reason", label: t("field.reason"), required: true } }).then((answer) => (answer ? run("claim", () => api.post(`/inspections/${inspection.id}/claim`, answer)) : undefined)) }]
      : []),
    ...(can("inbound.inspection.manage") && may("cancel")
      ? [{ code: "cancel", label: t("action.cancel"), run: () => void ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, note: { name: "reason", label: t("field.reason"), required: true } }).then((answer) => (answer ? run("cancel", () => api.post(`/inspections/${inspection.id}/cancel`, answer)) : undefined)) }]
      : []),
  ];
  const close = () => setDialog(null);
  return {
    content: {
      kind: t("insp.one"),
      number: inspection.number,
      subtitle: <Product sku={inspection.sku} />,
      state: (
        <>
          <StateTag ns={NS} state={inspection.state} />
          {inspection.decision ? <ToneTag tone={inspection.decision === "reject" ? "red" : inspection.decision === "accept" ? "green" : "orange"}>{t(`decision.${inspection.decision}`)}</ToneTag> : inspection.inspected > 0 || !inspection.passes ? <ToneTag tone={inspection.passes ? "green" : "red"}>{t(inspection.passes ? "passes" : "fails")}</ToneTag> : null}
          {inspection.severity === "normal" ? null : <ToneTag tone="orange">{t(`severity.${inspection.severity}`)}</ToneTag>}
        </>
      ),
      actions,
      facts: [
        { label: t("col.units"), value: <Quantity value={inspection.quantity} /> },
        { label: t("fact.inspected"), value: `${inspection.inspected} / ${inspection.sample_size}` },
        { label: t("col.lot"), value: inspection.lot?.code ?? t("none") },
        { label: t("col.supplier"), value: inspection.supplier?.name ?? t("none") },
        { label: t("fact.plan"), value: inspection.plan ? `${inspection.plan.code} ${inspection.plan.name}` : t("none") },
        { label: t("fact.receipt"), value: inspection.receipt_id ? <Link to={`/receipts?open=${inspection.receipt_id}`}>{inspection.receipt_number ?? `#${inspection.receipt_id}`}</Link> : t("none") },
        { label: t("fact.places"), value: inspection.places.map((one) => `${one.code} (${one.quantity})`).join(", ") || t("none") },
        { label: t("fact.inspector"), value: inspection.inspector?.username ?? t("none") },
        ...(inspection.state === "decided" ? [{ label: t("fact.accepted"), value: <Quantity value={inspection.accepted} /> }, { label: t("fact.rejected"), value: <>{inspection.rejected} {inspection.rejected_to ? t(`rejectedTo.${inspection.rejected_to}`) : ""}</> }] : []),
        ...(inspection.reason ? [{ label: t("field.reason"), value: inspection.reason, wide: true }] : []),
        ...(inspection.claims.length > 0 ? [{ label: t("col.claims"), value: inspection.claims.map((one) => <Link key={one.id} to={`/claims?tab=all&open=${one.id}`}>{one.number}</Link>), wide: true }] : []),
      ],
      tabs: [
        { key: "check", label: t("tabs.check"), children: <Check inspection={inspection} /> },
        { key: "results", label: t("tabs.results"), count: inspection.results.length, children: <Results inspection={inspection} /> },
        { key: "timeline", label: t("tabs.timeline"), children: <Events events={inspection.events} /> },
      ],
    },
    dialog:
      dialog === null ? null : dialog === "defect" ? <DefectDialog inspection={inspection} onClose={close} /> : dialog === "count" ? <CountDialog inspection={inspection} onClose={close} /> : <DecisionDialog inspection={inspection} decision={dialog} onClose={close} />,
  };
}

export function InspectionDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useOne<Inspection>("inspection", "/inspections", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/inspections/${id}`} />
      {dialog}
    </>
  );
}

export function InspectionFullPage({ id }: { id: string }) {
  const query = useOne<Inspection>("inspection", "/inspections", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailPage query={query} content={content} />
      {dialog}
    </>
  );
}
