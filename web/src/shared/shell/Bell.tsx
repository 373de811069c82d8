import { BellOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Page } from "@/api";
import { DateTime } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ToneTag } from "@/shared/ui/StateTag";
import { useAlerts } from "./alerts";
import css from "./shell.module.css";

interface Notice {
  id: number;
  title: string;
  text: string;
  url_path: string;
  created_at: string;
}

/** What I was told and have not read, and what waits for a person. */
export function Bell() {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const alerts = useAlerts();
  const number = new Intl.NumberFormat(i18n.language);
  const unread = useQuery({
    queryKey: ["list", "/notifications/unread"],
    queryFn: ({ signal }) => api.get<{ count: number; capped: boolean }>("/notifications/unread", undefined, signal),
    refetchInterval: 30_000,
    retry: false,
  });
  const notices = useQuery({
    queryKey: ["list", "/notifications", "bell"],
    queryFn: ({ signal }) => api.get<Page<Notice>>("/notifications", { unread: true, limit: 8 }, signal),
    enabled: open,
  });
  const read = (id: number) => {
    setOpen(false);
    void api.post("/notifications/read", { ids: [id] }).then(() => client.invalidateQueries({ queryKey: ["list", "/notifications/unread"] })).catch(() => undefined);
  };
  const count = unread.data?.count ?? 0;
  const items = notices.data?.items ?? [];
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={
        <div className={css.popover}>
          {items.length === 0 && alerts.length === 0 ? <EmptyState compact title={t("shell.alertsNone")} hint={t("shell.alertsNoneHint")} /> : null}
          {items.length > 0 ? (
            <ul className={css.alerts} aria-label={t("shell.messages")}>
              {items.map((notice) => (
                <li key={notice.id}>
                  <Link className={css.notice ?? ""} to={notice.url_path || "/notifications"} onClick={() => read(notice.id)}>
                    <strong>{notice.title}</strong>
                    {notice.text ? <div className="hc-muted">{notice.text}</div> : null}
                    <div className="hc-faint"><DateTime value={notice.created_at} /></div>
                  </Link>
                </li>
              ))}
            </ul>
          ) : null}
          {alerts.length > 0 ? (
            <ul className={css.alerts} aria-label={t("shell.alerts")}>
              {alerts.map((alert) => (
                <li key={alert.key}>
                  <Link to={alert.to} onClick={() => setOpen(false)}>
                    <ToneTag tone={alert.tone}>{number.format(alert.count)}</ToneTag> {alert.title}
                  </Link>
                </li>
              ))}
            </ul>
          ) : null}
          <Link to="/notifications" onClick={() => setOpen(false)}>{t("shell.allMessages")}</Link>
        </div>
      }
    >
      <Badge count={count} overflowCount={98} size="small" offset={[-4, 6]} dot={count === 0 && alerts.length > 0}>
        <Button type="text" icon={<BellOutlined />} aria-label={t("shell.alerts")} title={t("shell.alerts")} />
      </Badge>
    </Popover>
  );
}
