import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Upload } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import css from "./tickets.module.css";
import type { Ticket } from "./types";
import { fileSize } from "./words";

/** Files of a ticket: saved, never opened as pages of ours. */
export function Files({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const send = async (file: Blob, name: string) => {
    const body = new FormData();
    body.append("file", file, name);
    try {
      await api.post(`/tickets/${ticket.id}/attachments`, body);
      await client.invalidateQueries({ queryKey: ["detail", "ticket"] });
    } catch (error) {
      report(error);
    }
  };
  return (
    <div className="hc-stack">
      <ul className={css.files}>
        {ticket.attachments.map((file) => (
          <li key={file.id}>
            <span className={css.fileName}>{file.name}</span>
            <span className="hc-muted">{fileSize(file.size)} · {file.added_by} · <DateTime value={file.added_at} /></span>
            <Button size="small" type="text" icon={<DownloadOutlined />} onClick={() => void api.download(`/tickets/${ticket.id}/attachments/${file.id}`, undefined, file.name).catch(report)}>{t("file.save")}</Button>
          </li>
        ))}
      </ul>
      {can("tickets.ticket.comment") ? (
        <Upload.Dragger multiple showUploadList={false} beforeUpload={(file) => { void send(file, file.name); return false; }}>
          <InboxOutlined aria-hidden />
          <div>{t("file.drop")}</div>
          <div className="hc-muted">{t("file.limit")}</div>
        </Upload.Dragger>
      ) : null}
    </div>
  );
}
