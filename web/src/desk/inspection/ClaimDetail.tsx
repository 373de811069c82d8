import { Form, Input, InputNumber, Select } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { FormSection } from "@/shared/form/FormPattern";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Events, Product, useOne, useRun } from "./parts";
import type { Claim } from "./types";

const SETTLEMENTS = ["credit", "refund", "replacement", "rework"] as const;

function SettleDialog({ claim, onClose }: { claim: Claim; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ settlement: string; settled_amount: string; note: string }>
      title={`${claim.number} · ${t("action.settled")}`}
      initialValues={{ settlement: "credit", settled_amount: claim.amount, note: "" }}
      onClose={onClose}
      onSubmit={(values) => api.post(`/claims/${claim.id}/move`, { state: "settled", ...values })}
    >
      <FormSection title="">
        <Form.Item name="settlement" label={t("field.settlement")}><Select options={SETTLEMENTS.map((value) => ({ value, label: t(`settlement.${value}`) }))} /></Form.Item>
        <Form.Item name="settled_amount" label={t("field.amount")}><InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("field.note")}><Input.TextArea rows={2} maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function useContent(claim: Claim | undefined): { content: DetailContent | null; dialog: ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run, busy } = useRun();
  const [settling, setSettling] = useState(false);
  const content: DetailContent | null = claim
    ? {
        kind: t("claim.one"),
        number: claim.number,
        subtitle: <Product sku={claim.sku} />,
        state: <StateTag ns={NS} state={claim.state} tone={claim.state === "settled" ? "green" : claim.state === "refused" ? "red" : claim.state === "cancelled" ? "grey" : "orange"} />,
        actions: can("inbound.claim.manage")
          ? claim.actions.map((code): DetailAction => ({
              code,
              label: t(`action.${code}`),
              primary: code === "sent" || (code === "settled" && !claim.actions.includes("sent")),
              danger: code === "cancelled",
              loading: busy === code,
              run: () => (code === "settled" ? setSettling(true) : void run(code, () => api.post(`/claims/${claim.id}/move`, { state: code }))),
            }))
          : [],
        facts: [
          { label: t("col.supplier"), value: `${claim.supplier.code} ${claim.supplier.name}` },
          { label: t("col.units"), value: <Quantity value={claim.quantity} /> },
          { label: t("col.amount"), value: <Money amount={claim.amount} currency={claim.currency} /> },
          { label: t("col.inspection"), value: claim.inspection ? <Link to={`/inspections?tab=all&open=${claim.inspection.id}`}>{claim.inspection.number}</Link> : t("none") },
          { label: t("col.created"), value: <><DateTime value={claim.created_at} /> · {claim.created_by}</> },
          ...(claim.settlement ? [{ label: t("fact.settlement"), value: <>{t(`settlement.${claim.settlement}`)} <Money amount={claim.settled_amount} currency={claim.currency} /></> }] : []),
          { label: t("col.reason"), value: claim.reason, wide: true },
          ...(claim.note ? [{ label: t("field.note"), value: claim.note, wide: true }] : []),
        ],
        tabs: [{ key: "timeline", label: t("tabs.timeline"), children: <Events events={claim.events} /> }],
      }
    : null;
  return { content, dialog: settling && claim ? <SettleDialog claim={claim} onClose={() => setSettling(false)} /> : null };
}

export function ClaimDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useOne<Claim>("claim", "/claims", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/claims/${id}`} />
      {dialog}
    </>
  );
}

export function ClaimFullPage({ id }: { id: string }) {
  const query = useOne<Claim>("claim", "/claims", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailPage query={query} content={content} />
      {dialog}
    </>
  );
}
