import { useQueryClient } from "@tanstack/react-query";
import { App, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Me } from "@/api";
import { setCsrfToken } from "@/api/client";
import { FormPattern } from "@/shared/form/FormPattern";
import { ME_KEY } from "@/shared/session/session";
import NS from "./locale";

interface Values {
  password: { current: string; new: string };
  repeat: string;
}

/** Changes one's own password; `forced` after the first sign-in with a one-time password. */
export function PasswordForm({ forced = false, onDone, onCancel }: { forced?: boolean; onDone?: () => void; onCancel?: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const required = (label: string) => ({ required: true, message: t("form.required", { label }) });
  return (
    <FormPattern<Values>
      guard={false}
      submitLabel={t("submit")}
      note={t("hint")}
      {...(onCancel ? { onCancel } : {})}
      onSubmit={async ({ password }) => {
        const me = await api.patch<Me>("/auth/me", { password });
        setCsrfToken(me.csrf_token);
        client.setQueryData(ME_KEY, me);
        void message.success(t("done"));
      }}
      onDone={() => onDone?.()}
    >
      <Form.Item name={["password", "current"]} label={t(forced ? "currentForced" : "current")} rules={[required(t("current"))]}>
        <Input.Password autoComplete="current-password" maxLength={256} autoFocus />
      </Form.Item>
      <Form.Item name={["password", "new"]} label={t("next")} rules={[required(t("next"))]}>
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t("repeat")}
        dependencies={[["password", "new"]]}
        rules={[
          required(t("next")),
          ({ getFieldValue }) => ({
            validator: (_, value) => (!value || value === getFieldValue(["password", "new"]) ? Promise.resolve() : Promise.reject(new Error(t("mismatch")))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
    </FormPattern>
  );
}
