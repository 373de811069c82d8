import { useTranslation } from "react-i18next";
import { Logo } from "@/shared/shell/Logo";
import css from "./account.module.css";
import NS from "./locale";
import { PasswordForm } from "./PasswordForm";

/** Stands before everything else until a one-time password has been replaced. */
export default function FirstPassword() {
  const { t } = useTranslation(NS);
  return (
    <main className={css.page}>
      <div className={`hc-card ${css.card ?? ""}`}>
        <Logo size={36} />
        <h1>{t("forcedTitle")}</h1>
        <p className="hc-muted">{t("forcedText")}</p>
        <PasswordForm forced />
      </div>
    </main>
  );
}
