import { CopyOutlined } from "@ant-design/icons";
import { App, Button, Modal } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { copyToClipboard } from "@/shared/ui/CopyText";

interface SecretDialogProps {
  title: string;
  text: ReactNode;
  secret: string;
  copyLabel: string;
  closeLabel: string;
  onClose: () => void;
  children?: ReactNode;
}

/** Something that is shown once: large, to copy, and gone when closed. */
export function SecretDialog({ title, text, secret, copyLabel, closeLabel, onClose, children }: SecretDialogProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (
    <Modal open title={title} width={560} closable={false} keyboard={false} mask={{ closable: false }} footer={<Button type="primary" onClick={onClose}>{closeLabel}</Button>}>
      <div className="hc-stack">
        <p>{text}</p>
        <div className="hc-row">
          <code data-testid="secret" className="hc-mono" style={{ flex: 1, padding: "10px 14px", borderRadius: 8, background: "var(--hc-sunken)", fontSize: 18, overflowWrap: "anywhere", userSelect: "all" }}>{secret}</code>
          <Button icon={<CopyOutlined />} autoFocus onClick={() => void copyToClipboard(secret).then(() => message.success(t("action.copied", { text: "" })))}>{copyLabel}</Button>
        </div>
        {children}
      </div>
    </Modal>
  );
}
