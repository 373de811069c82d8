import { ReloadOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { KeptPromises } from "@/desk/orders/sourcing/KeptPromises";
import { DateTime, useNow } from "@/shared/format/format";
import { formatNumber } from "@/shared/format/text";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Kpi, KpiRow } from "@/shared/ui/Kpi";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import { attention, FLOW, partOfDay, TODAY, type Figures } from "./figures";
import css from "./home.module.css";
import NS from "./locale";
import { useFigures } from "./useFigures";

function Flow({ figures, loading }: { figures: Figures; loading: boolean }) {
  const { t, i18n } = useTranslation(NS);
  const stations = FLOW.filter(({ key }) => loading || figures[key] !== undefined);
  return (
    <ol className={css.flow}>
      {stations.map(({ key, to, tone }) => {
        const value = figures[key];
        return (
          <li key={key}>
            <Link to={to} className={css.station}>
              <span className="hc-muted">{t(`kpi.${key}`)}</span>
              {value === undefined ? (
                <Skeleton.Button active size="small" />
              ) : (
                <strong className={cx("hc-num", tone === "orange" && value.count > 0 && css.orange)}>
                  {formatNumber(value.count, i18n.language)}
                  {value.capped ? "+" : ""}
                </strong>
              )}
            </Link>
            <RightOutlined aria-hidden className={css.arrow} />
          </li>
        );
      })}
    </ol>
  );
}

export default function HomePage() {
  const { t, i18n } = useTranslation(NS);
  const { me, can } = useSession();
  const { timeZone } = useScope();
  const now = useNow();
  const { figures, loading, updatedAt, error, refetch } = useFigures();
  const hour = Number(new Intl.DateTimeFormat("en", { timeZone, hour: "2-digit", hourCycle: "h23" }).format(now));
  const items = attention(figures);
  const nothing = !loading && Object.keys(figures).length > 0 && ["all", "pending", "approved", "fulfilling", "shipped", "cancelled"].every((key) => !figures[`orders_${key}`]?.count);

  return (
    <>
      <PageHeader
        titleText={t("title")}
        title={t(`hello.${partOfDay(hour)}`, { name: me.user.display_name || me.user.username })}
        hint={new Intl.DateTimeFormat(i18n.language, { timeZone, dateStyle: "full" }).format(now)}
        actions={
          <>
            {updatedAt > 0 ? <span className="hc-faint"><DateTime value={new Date(updatedAt).toISOString()} /></span> : null}
            <Button icon={<ReloadOutlined />} onClick={() => void refetch()}>{t("action.refresh")}</Button>
          </>
        }
      />
      <PageBody>
        {error && Object.keys(figures).length === 0 ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
        {nothing && can("kernel.import.create") ? (
          <Section>
            <EmptyState
              title={t("start.title")}
              hint={t("start.text")}
              action={
                <>
                  <Link to="/imports/new?kind=sku"><Button type="primary">{t("start.sku")}</Button></Link>
                  <Link to="/imports/new?kind=stock"><Button>{t("start.stock")}</Button></Link>
                  <Link to="/imports/new?kind=sales_order"><Button>{t("start.order")}</Button></Link>
                </>
              }
            />
          </Section>
        ) : null}
        <KpiRow>
          {TODAY.filter(({ key }) => loading || figures[key] !== undefined).map(({ key, to, tone }) => (
            <Kpi key={key} label={t(`kpi.${key}`)} value={figures[key]?.count} capped={figures[key]?.capped ?? false} to={to} tone={tone} loading={loading && figures[key] === undefined} />
          ))}
        </KpiRow>
        {can("outbound.promise.view") ? <KeptPromises /> : null}
        <Section title={t("flow")} extra={<span className="hc-faint">{t("flowHint")}</span>}>
          <Flow figures={figures} loading={loading} />
        </Section>
        <Section title={t("attention")} flush>
          {loading && items.length === 0 ? (
            <Skeleton active style={{ padding: 16 }} />
          ) : items.length === 0 ? (
            <EmptyState compact title={t("attentionNone")} hint={t("attentionNoneHint")} />
          ) : (
            <ul className={css.items}>
              {items.map((item) => (
                <li key={item.key}>
                  <Link to={item.to}>
                    <ToneTag tone={item.tone}>
                      <span className={css.count}>
                        {formatNumber(item.count, i18n.language)}
                        {item.capped ? "+" : ""}
                      </span>
                    </ToneTag>
                    <span className={css.itemText}>
                      <strong>{t(`item.${item.key}.title`)}</strong>
                      <span className="hc-muted">{t(`item.${item.key}.text`)}</span>
                    </span>
                    <span className={css.go}>{t(`item.${item.key}.action`)} <RightOutlined aria-hidden /></span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Section>
      </PageBody>
    </>
  );
}
