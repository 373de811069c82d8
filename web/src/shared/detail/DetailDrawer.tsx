import { ExpandOutlined, MoreOutlined, StopOutlined } from "@ant-design/icons";
import { Button, Drawer, Dropdown, Skeleton, Tabs, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import type { EntityAction } from "@/api";
import { DateTime } from "@/shared/format/format";
import { CopyText } from "@/shared/ui/CopyText";
import { cx } from "@/shared/ui/cx";
import { ErrorState } from "@/shared/ui/ErrorState";
import css from "./detail.module.css";

export interface DetailHold {
  id: string | number;
  reason: ReactNode;
  note?: ReactNode;
  who?: string | null | undefined;
  at?: string | null | undefined;
  action?: ReactNode;
}

export interface DetailAction {
  code: string;
  label: string;
  run: () => void;
  primary?: boolean;
  danger?: boolean;
  icon?: ReactNode;
  loading?: boolean;
}

export interface DetailFact {
  label: ReactNode;
  value: ReactNode;
  /** Takes the full width. */
  wide?: boolean;
}

export interface DetailTab {
  key: string;
  label: ReactNode;
  count?: number;
  children: ReactNode;
}

export interface DetailContent {
  /** What it is: "订单". */
  kind: string;
  number: string;
  subtitle?: ReactNode;
  state?: ReactNode;
  holds?: DetailHold[];
  /** In order of use; the first three are buttons, the others in the menu. */
  actions?: DetailAction[];
  /** The server's word on what is possible now; an action that is not named there is possible. */
  permits?: readonly EntityAction[];
  facts?: DetailFact[];
  tabs?: DetailTab[];
  children?: ReactNode;
}

interface FrameProps {
  query: { data: unknown; isLoading: boolean; error: unknown; refetch: () => unknown };
  content: DetailContent | null;
}

interface DetailDrawerProps extends FrameProps {
  onClose: () => void;
  /** The full page of the same thing. */
  pageUrl: string;
  width?: number;
}

function Actions({ actions, permits }: { actions: DetailAction[]; permits: readonly EntityAction[] }) {
  const { t } = useTranslation();
  const refusal = (code: string): string | null => {
    const permit = permits.find((one) => one.code === code);
    return permit && !permit.allowed ? (permit.reason ?? t("detail.noPermission")) : null;
  };
  const buttons = actions.slice(0, 3);
  const rest = actions.slice(3);
  return (
    <div className={css.actions}>
      {buttons.map((action) => {
        const why = refusal(action.code);
        return (
          <Tooltip key={action.code} title={why === null ? null : t("detail.notAllowed", { reason: why })}>
            {/* aria-disabled, not disabled: the reason must be reachable by keyboard and screen reader. */}
            <Button
              type={action.primary ? "primary" : "default"}
              danger={action.danger ?? false}
              icon={action.icon}
              loading={action.loading ?? false}
              aria-disabled={why !== null}
              {...(why === null ? {} : { "aria-description": why })}
              className={cx(why !== null && css.refused)}
              onClick={() => {
                if (why === null) action.run();
              }}
            >
              {action.label}
            </Button>
          </Tooltip>
        );
      })}
      {rest.length > 0 ? (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: rest.map((action) => {
              const why = refusal(action.code);
              return {
                key: action.code,
                danger: action.danger ?? false,
                disabled: why !== null,
                icon: action.icon,
                label: why === null ? action.label : <span title={why}>{action.label} · {why}</span>,
              };
            }),
            onClick: ({ key }) => rest.find((action) => action.code === key)?.run(),
          }}
        >
          <Button icon={<MoreOutlined />} aria-label={t("action.more")} />
        </Dropdown>
      ) : null}
    </div>
  );
}

/** Facts in columns: label above, value below. */
export function Facts({ facts }: { facts: DetailFact[] }) {
  return (
    <dl className={css.facts}>
      {facts.map((fact, index) => (
        <div key={index} className={cx(fact.wide && css.wide)}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The inside of a detail, the same in the drawer and on the page. */
export function DetailBody({ query, content }: FrameProps) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => query.refetch()} />;
  if (!content) return <Skeleton active paragraph={{ rows: 10 }} className={css.loading ?? ""} />;
  const tabs = content.tabs ?? [];
  const wanted = params.get("dtab");
  const activeTab = tabs.some((tab) => tab.key === wanted) ? (wanted ?? "") : (tabs[0]?.key ?? "");
  return (
    <article className={css.body} aria-label={`${content.kind} ${content.number}`}>
      <header className={css.head}>
        <div className={css.title}>
          <div className={css.kind}>{content.kind}</div>
          <div className={css.number}>
            <CopyText text={content.number} strong />
            {content.state}
          </div>
          {content.subtitle ? <div className="hc-muted">{content.subtitle}</div> : null}
        </div>
        {content.actions && content.actions.length > 0 ? <Actions actions={content.actions} permits={content.permits ?? []} /> : null}
      </header>
      {content.holds && content.holds.length > 0 ? (
        <section className={css.holds} aria-label={t("detail.holds")}>
          {content.holds.map((hold) => (
            <div key={hold.id} className={css.hold}>
              <StopOutlined aria-hidden />
              <div className={css.holdText}>
                <strong>{hold.reason}</strong>
                {hold.note ? <div>{hold.note}</div> : null}
                <div className={css.holdMeta}>
                  {hold.who ?? t("detail.system")} {hold.at ? <>· <DateTime value={hold.at} /></> : null}
                </div>
              </div>
              {hold.action}
            </div>
          ))}
        </section>
      ) : null}
      {content.facts && content.facts.length > 0 ? <Facts facts={content.facts} /> : null}
      {content.children}
      {tabs.length > 0 ? (
        <Tabs
          size="small"
          activeKey={activeTab}
          onChange={(key) => {
            const next = new URLSearchParams(location.search);
            next.set("dtab", key);
            void navigate({ search: next.toString() }, { replace: true, state: location.state as unknown });
          }}
          items={tabs.map((tab) => ({
            key: tab.key,
            label: (
              <>
                {tab.label}
                {tab.count === undefined ? null : <span className={css.count}>{tab.count}</span>}
              </>
            ),
            children: tab.children,
          }))}
        />
      ) : null}
    </article>
  );
}

/** A detail in a drawer over its list; the list stays where it was. Open while `?open=ID` stands in the URL. */
export function DetailDrawer({ query, content, onClose, pageUrl, width = 760 }: DetailDrawerProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Drawer
      open
      size={width}
      onClose={onClose}
      mask={{ enabled: true, blur: false }}
      classNames={{ mask: css.mask ?? "" }}
      styles={{ body: { padding: 0 }, header: { padding: "8px 12px" } }}
      extra={
        <Button type="text" size="small" icon={<ExpandOutlined />} onClick={() => void navigate(pageUrl)}>
          {t("action.openPage")}
        </Button>
      }
    >
      <DetailBody query={query} content={content} />
    </Drawer>
  );
}

/** The same detail as a page on its own URL. */
export function DetailPage({ query, content }: FrameProps) {
  return (
    <div className={css.page}>
      <DetailBody query={query} content={content} />
    </div>
  );
}
