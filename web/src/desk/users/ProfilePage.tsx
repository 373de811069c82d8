import { useQueryClient } from "@tanstack/react-query";
import { App, Form, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Me } from "@/api";
import { PasswordForm } from "@/desk/account/PasswordForm";
import { FormPattern } from "@/shared/form/FormPattern";
import { setLanguage } from "@/shared/i18n";
import { LANGUAGE_NAMES } from "@/shared/i18n/names";
import { ME_KEY, useSession } from "@/shared/session/session";
import { useTheme } from "@/shared/theme/ThemeProvider";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import css from "./users.module.css";

/** What a person may change about the own account. */
export default function ProfilePage() {
  const { t, i18n } = useTranslation(NS);
  const { me } = useSession();
  const { mode, setMode } = useTheme();
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [round, setRound] = useState(0);

  const patch = async (body: Record<string, unknown>) => {
    client.setQueryData(ME_KEY, await api.patch<Me>("/auth/me", body));
  };
  const save = (body: Record<string, unknown>) => void patch(body).then(() => message.success(t("profile.saved")), report);

  return (
    <>
      <PageHeader title={t("profile.title")} hint={me.user.username} />
      <PageBody>
        <div className={css.cards}>
          <Section title={t("profile.about")}>
            <FormPattern<{ display_name: string }>
              initialValues={{ display_name: me.user.display_name }}
              onSubmit={async (values) => {
                await patch(values);
                void message.success(t("profile.saved"));
              }}
            >
              <Form.Item name="display_name" label={t("field.displayName")}><Input maxLength={64} autoComplete="name" /></Form.Item>
              <Form.Item label={t("profile.myRoles")}>{me.roles.map((role) => t(`role.${role}`, { defaultValue: role })).join("、")}</Form.Item>
            </FormPattern>
          </Section>
          <Section title={t("profile.password")}>
            <PasswordForm key={round} onDone={() => setRound((before) => before + 1)} />
          </Section>
          <Section title={t("profile.look")}>
            <div className="hc-stack" style={{ paddingTop: 4 }}>
              <div>
                <div className="hc-muted" id="profile-language">{t("profile.language")}</div>
                <Segmented<"zh-CN" | "en">
                  aria-labelledby="profile-language" value={i18n.language === "en" ? "en" : "zh-CN"}
                  options={[{ value: "zh-CN", label: LANGUAGE_NAMES["zh-CN"] }, { value: "en", label: LANGUAGE_NAMES.en }]}
                  onChange={(value) => {
                    setLanguage(value);
                    save({ language: value === "en" ? "en" : "zh-hans" });
                  }}
                />
              </div>
              <div>
                <div className="hc-muted" id="profile-theme">{t("profile.theme")}</div>
                <Segmented<"light" | "dark">
                  aria-labelledby="profile-theme" value={mode} options={[{ value: "light", label: t("profile.light") }, { value: "dark", label: t("profile.dark") }]}
                  onChange={(value) => {
                    setMode(value);
                    save({ theme: value });
                  }}
                />
              </div>
            </div>
          </Section>
        </div>
      </PageBody>
    </>
  );
}
