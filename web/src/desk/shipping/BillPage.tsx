import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Space } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { api } from "@/api";
import { Money } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import css from "./shipping.module.css";
import NS from "./tracking/locale";
import type { BillDetail, BillLine } from "./trackingTypes";
import { decisionTone, verdictTone } from "./trackingWords";
import { Weight } from "./Weight";

const VERDICTS = ["weight", "price", "unknown", "double", "not_ours", "matched"] as const;

/** One number a verdict: how many lines, and what they differ by. */
function Totals({ bill, chosen, onChoose }: { bill: BillDetail; chosen: string; onChoose: (verdict: string) => void }) {
  const { t } = useTranslation(NS);
  return (
    <div className={css.totals}>
      {VERDICTS.map((verdict) => {
        const mine = bill.totals.filter((one) => one.verdict === verdict);
        const difference = mine.reduce((sum, one) => sum + Number(one.difference), 0);
        return (
          <button key={verdict} type="button" className={`hc-card ${css.total ?? ""} ${chosen === verdict ? (css.totalOn ?? "") : ""}`} onClick={() => onChoose(verdict)}>
            <ToneTag tone={verdictTone(verdict)}>{t(`bills.verdict.${verdict}`)}</ToneTag>
            <div className={css.totalCount}>{mine.reduce((sum, one) => sum + one.lines, 0)}</div>
            <div className="hc-muted"><Money amount={difference.toFixed(2)} currency={bill.currency} /></div>
          </button>
        );
      })}
    </div>
  );
}

export default function BillPage() {
  const { t } = useTranslation(NS);
  const { id = "" } = useParams();
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const query = useQuery({ queryKey: ["detail", "bill", id], queryFn: ({ signal }) => api.get<BillDetail>(`/carrier-bills/${id}`, undefined, signal) });
  const bill = query.data;
  const tab = params.get("tab") ?? "all";
  const open = bill?.state === "open" && can("shipping.bill.manage");
  const columns = useMemo<ListColumn<BillLine>[]>(
    () => [
      { key: "position", title: t("bills.row"), width: 70, align: "right", render: (row) => row.position },
      { key: "number", title: t("col.waybill"), width: 190, render: (row) => <CopyText text={row.number} /> },
      { key: "verdict", title: t("col.reason"), width: 140, render: (row) => <ToneTag tone={verdictTone(row.verdict)}>{t(`bills.verdict.${row.verdict}`)}</ToneTag> },
      { key: "difference", title: t("bills.lineDiff"), width: 110, align: "right", sort: "difference", render: (row) => <strong><Money amount={row.difference} /></strong> },
      { key: "decision", title: t("links.state"), width: 110, render: (row) => <ToneTag tone={decisionTone(row.decision)}>{t(`bills.decision.${row.decision || "open"}`)}</ToneTag> },
      { key: "theirWeight", title: t("bills.theirWeight"), width: 110, align: "right", render: (row) => <Weight grams={row.billed_weight_g} /> },
      { key: "ourWeight", title: t("bills.ourWeight"), width: 110, align: "right", render: (row) => <Weight grams={row.our_weight_g} /> },
      { key: "price", title: t("bills.theirPrice"), width: 110, align: "right", render: (row) => <Money amount={row.price} /> },
      { key: "surcharge", title: t("bills.surcharge"), width: 100, align: "right", render: (row) => (Number(row.surcharge) === 0 ? null : <Money amount={row.surcharge} />) },
      { key: "our", title: t("bills.ourPrice"), width: 110, align: "right", render: (row) => (row.our_price === null ? null : <Money amount={row.our_price} />) },
      { key: "atTheirs", title: t("bills.atTheirs"), width: 110, align: "right", render: (row) => (row.price_at_theirs === null ? null : <Money amount={row.price_at_theirs} />) },
      { key: "note", title: t("bills.note"), width: 180, render: (row) => row.note },
      { key: "service", title: t("col.service"), width: 110, hidden: true, render: (row) => row.service_code },
      { key: "reference", title: t("col.parcel"), width: 160, hidden: true, render: (row) => row.reference },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [{ key: "all", label: t("bills.verdict.all"), query: {} }, { key: "open", label: t("bills.decision.open"), query: { decision: "open" } }, ...VERDICTS.map((verdict) => ({ key: verdict, label: t(`bills.verdict.${verdict}`), query: { verdict } }))],
    [t],
  );
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!bill) return null;

  const again = async () => {
    await Promise.all([client.invalidateQueries({ queryKey: ["detail", "bill", id] }), client.invalidateQueries({ queryKey: ["list"] })]);
  };
  const run = async (work: () => Promise<string>) => {
    try {
      const done = await work();
      void message.success(done);
      await again();
    } catch (error) {
      report(error);
    }
  };
  const decideAll = async (decision: "accepted" | "disputed", verdict: string) => {
    const answer = await ask({
      title: t("bills.allOf", { verdict: t(`bills.verdict.${verdict}`) }), okText: t(decision === "accepted" ? "bills.acceptAll" : "bills.disputeAll"), danger: decision === "disputed", note: { name: "note", label: t("bills.note") },
    });
    if (answer) await run(async () => t("bills.decided", { count: (await api.post<{ changed: number }>(`/carrier-bills/${id}/decide`, { decision, verdicts: [verdict], note: answer["note"] ?? "" })).changed }));
  };
  const close = async () => {
    if (await ask({ title: t("bills.close"), okText: t("bills.close"), text: t("bills.closeText") })) {
      await run(async () => {
        await api.post(`/carrier-bills/${id}/close`);
        return t("bills.closed");
      });
    }
  };
  const bulk: BulkAction[] = open
    ? [
        { code: "accept", label: t("bills.accept"), primary: true, path: `/carrier-bills/${id}/decide`, ask: () => Promise.resolve({ decision: "accepted" }) },
        { code: "dispute", label: t("bills.dispute"), danger: true, path: `/carrier-bills/${id}/decide`, ask: async () => {
          const answer = await ask({ title: t("bills.dispute"), okText: t("bills.dispute"), danger: true, note: { name: "note", label: t("bills.note") } });
          return answer && { decision: "disputed", ...answer };
        } },
        { code: "reopen", label: t("bills.reopen"), path: `/carrier-bills/${id}/decide`, ask: () => Promise.resolve({ decision: "" }) },
      ]
    : [];
  return (
    <div className={css.column}>
      <PageHeader
        title={<Space>{bill.number}<ToneTag tone={bill.state === "open" ? "blue" : "green"}>{t(`bills.state.${bill.state}`)}</ToneTag></Space>}
        titleText={bill.number}
        hint={<Space size={16}><span>{bill.carrier.name}</span><span>{t("bills.billed")} <Money amount={bill.billed} currency={bill.currency} /></span><span>{t("bills.difference")} <Money amount={bill.difference} currency={bill.currency} /></span></Space>}
        actions={
          open ? (
            <>
              <Dropdown
                menu={{ items: VERDICTS.filter((one) => one !== "matched").map((verdict) => ({ key: verdict, label: t(`bills.verdict.${verdict}`), children: [
                  { key: `${verdict}-accepted`, label: t("bills.acceptAll"), onClick: () => void decideAll("accepted", verdict) },
                  { key: `${verdict}-disputed`, label: t("bills.disputeAll"), danger: true, onClick: () => void decideAll("disputed", verdict) },
                ] })) }}
              >
                <Button>{t("bills.undecided")} {bill.undecided}</Button>
              </Dropdown>
              <Button onClick={() => void run(async () => { await api.post(`/carrier-bills/${id}/reconcile`); return t("bills.reconciled"); })}>{t("bills.reconcile")}</Button>
              <Button type="primary" disabled={bill.undecided > 0} onClick={() => void close()}>{t("bills.close")}</Button>
            </>
          ) : null
        }
      />
      <Totals bill={bill} chosen={tab} onChoose={(verdict) => setParams({ tab: verdict })} />
      <div className={css.fill}>
        <ListPage<BillLine>
          id="carrier-bill-lines" embedded title={t("bills.lines")} path="/carrier-bill-lines" baseQuery={{ bill_id: id }} columns={columns} tabs={tabs} defaultTab="all" search={t("bills.searchLine")}
          rowId={(row) => row.id} rowName={(row) => row.number} defaultSort="id" bulkActions={bulk} exportPath="/carrier-bill-lines/export"
          empty={{ title: t("bills.emptyLines") }}
        />
      </div>
    </div>
  );
}
