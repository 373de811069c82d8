import { CopyOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import css from "./ui.module.css";

/** Copies where the clipboard API exists, and also on plain-http origins where it does not. */
export async function copyToClipboard(text: string): Promise<void> {
  if (globalThis.isSecureContext && "clipboard" in navigator) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without a secure origin
  document.execCommand("copy");
  area.remove();
}

/** A number or code that copies itself on click. */
export function CopyText({ text, strong = false }: { text: string; strong?: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (
    <button
      type="button"
      className={`${css.copy ?? ""} ${strong ? (css.copyStrong ?? "") : ""}`}
      title={t("detail.copyNumber", { number: text })}
      onClick={(event) => {
        event.stopPropagation();
        void copyToClipboard(text).then(() => message.success(t("action.copied", { text })));
      }}
    >
      <span>{text}</span>
      <CopyOutlined aria-hidden />
    </button>
  );
}
