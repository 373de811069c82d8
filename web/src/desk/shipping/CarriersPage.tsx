import { Button, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useSession } from "@/shared/session/session";
import { PageHeader } from "@/shared/ui/PageHeader";
import { CarrierList, PoolList, RateList, ServiceList } from "./CarrierLists";
import NS from "./locale";
import { QuoteDialog } from "./QuoteDialog";
import css from "./shipping.module.css";
import { LeadTimeList, UnreachedList } from "./TermLists";

const PARTS = ["carriers", "services", "rates", "leads", "unreached", "pools"] as const;
type Part = (typeof PARTS)[number];
const LISTS: Record<Part, () => React.ReactNode> = { carriers: CarrierList, services: ServiceList, rates: RateList, leads: LeadTimeList, unreached: UnreachedList, pools: PoolList };

/** Who carries parcels, with which services, at what price, under which numbers. */
export default function CarriersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [params, setParams] = useSearchParams();
  const [quoting, setQuoting] = useState(false);
  const parts = PARTS.filter((part) => !["rates", "leads", "unreached"].includes(part) || can("shipping.rate.view"));
  const part = parts.find((one) => one === params.get("dtab")) ?? "carriers";
  const List = LISTS[part];
  return (
    <div className={css.column}>
      <PageHeader
        title={t("carriers.title")}
        actions={can("shipping.rate.view") ? <Button onClick={() => setQuoting(true)}>{t("carriers.quote")}</Button> : null}
      />
      <Tabs
        className={css.parts ?? ""}
        activeKey={part}
        onChange={(key) => setParams({ dtab: key })}
        items={parts.map((key) => ({ key, label: t(`carriers.tab.${key}`) }))}
      />
      <div className={css.fill}><List key={part} /></div>
      {quoting ? <QuoteDialog onClose={() => setQuoting(false)} /> : null}
    </div>
  );
}
