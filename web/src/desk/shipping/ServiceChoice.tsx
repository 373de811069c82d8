import { useQuery } from "@tanstack/react-query";
import { Alert, Table } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Money } from "@/shared/format/format";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./tracking/locale";
import { share, spanParts } from "./trackingWords";

interface Offer {
  service_id: number;
  service_name: string;
  carrier_name: string;
  price: string;
  currency: string;
  lead_hours: number;
  lead_source: string;
  arrives_at: string;
  keeps_promise: boolean;
  on_time: number | null;
  trouble: number | null;
  score: number | null;
}

interface Choice {
  why: string;
  words: string;
  promised_at: string | null;
  offers: Offer[];
}

/** Why a fulfilment travels with its service, and what the others would cost and take. */
export function ServiceChoice({ fulfilmentId }: { fulfilmentId: number }) {
  const { t } = useTranslation(NS);
  const query = useQuery({ queryKey: ["detail", "service-choice", fulfilmentId], queryFn: ({ signal }) => api.get<Choice>(`/fulfilments/${fulfilmentId}/service-choice`, undefined, signal) });
  const choice = query.data;
  const percent = (value: number | null) => {
    const found = value === null ? null : share(value, 1);
    return found === null ? <span className="hc-faint">{t("none")}</span> : t("percent", { value: found });
  };
  return (
    <>
      {choice ? <Alert type="info" showIcon title={choice.words} style={{ marginBottom: 12 }} /> : null}
      <Table<Offer>
        size="small" rowKey="service_id" pagination={false} loading={query.isLoading} dataSource={choice?.offers ?? []}
        columns={[
          { title: t("col.service"), render: (_, one) => <>{one.carrier_name}<div className="hc-muted">{one.service_name}</div></> },
          { title: t("choice.price"), align: "right", render: (_, one) => <Money amount={one.price} currency={one.currency} /> },
          { title: t("choice.lead"), align: "right", render: (_, one) => { const { value, unit } = spanParts(one.lead_hours * 60); return <>{t(unit, { value })}<div className="hc-faint">{t(`choice.source.${one.lead_source}`)}</div></>; } },
          { title: t("choice.arrives"), render: (_, one) => <><DateTime value={one.arrives_at} mode="absolute" />{choice?.promised_at ? <div><ToneTag tone={one.keeps_promise ? "green" : "orange"}>{t(one.keeps_promise ? "choice.keeps" : "choice.late")}</ToneTag></div> : null}</> },
          { title: t("choice.onTime"), align: "right", render: (_, one) => percent(one.on_time) },
          { title: t("choice.trouble"), align: "right", render: (_, one) => percent(one.trouble) },
        ]}
      />
    </>
  );
}
