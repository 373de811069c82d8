import { CheckOutlined, SettingOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { Notice } from "./types";

/** Everything that I was told. */
export default function InboxPage() {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const report = useReportProblem();
  const read = (ids?: number[]) => api.post("/notifications/read", ids ? { ids } : {}).then(() => client.invalidateQueries({ queryKey: ["list"] }), report);
  const columns = useMemo<ListColumn<Notice>[]>(
    () => [
      { key: "message", title: t("inbox.message"), width: 460, render: (row) => <span style={{ fontWeight: row.read_at ? 400 : 600 }}>{row.title}{row.text ? <span className="hc-muted"> · {row.text}</span> : null}</span> },
      { key: "topic", title: t("inbox.topic"), width: 220, render: (row) => row.topic_title },
      { key: "time", title: t("inbox.time"), width: 140, render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "unread", label: t("inbox.unread"), query: { unread: true } }, { key: "all", label: t("inbox.all"), query: {} }], [t]);
  return (
    <ListPage<Notice>
      id="notifications"
      title={t("inbox.title")}
      path="/notifications"
      tabs={tabs}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.title}
      defaultSort="-id"
      refreshEvery={30_000}
      primaryAction={
        <>
          <Link to="/notifications/settings"><Button icon={<SettingOutlined />}>{t("inbox.settings")}</Button></Link>
          <Button icon={<CheckOutlined />} onClick={() => void read()}>{t("inbox.readAll")}</Button>
        </>
      }
      onOpen={(row) => {
        void read([row.id]);
        if (row.url_path) void navigate(row.url_path);
      }}
      empty={{ title: t("inbox.emptyTitle"), hint: t("inbox.emptyHint") }}
    />
  );
}
