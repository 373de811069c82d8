import { App, Form, Input, Select } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

interface AskOptions {
  title: string;
  okText: string;
  danger?: boolean;
  /** What will happen, or what will be destroyed. */
  text?: string;
  /** A choice to make, sent under `name`. */
  choice?: { name: string; label: string; options: { value: string; label: string }[]; required?: boolean };
  /** Free text, sent under `name`. */
  note?: { name: string; label: string; required?: boolean };
}

/** `ask(...)`: a short question in a dialog; resolves to the answers, or null when given up. */
export function useAsk(): (options: AskOptions) => Promise<Record<string, string> | null> {
  const { modal } = App.useApp();
  const { t } = useTranslation();
  const [form] = Form.useForm<Record<string, string>>();
  return useCallback(
    async (options) => {
      form.resetFields();
      let answers: Record<string, string> = {};
      const { choice, note } = options;
      const yes = await modal.confirm({
        title: options.title,
        icon: null,
        width: 440,
        okText: options.okText,
        cancelText: t("action.cancel"),
        okButtonProps: { danger: options.danger ?? false },
        content: (
          <Form form={form} layout="vertical" preserve={false}>
            {options.text ? <p className="hc-muted" style={{ marginBottom: 12 }}>{options.text}</p> : null}
            {choice ? (
              <Form.Item name={choice.name} label={choice.label} rules={[{ required: choice.required ?? false, message: t("form.required", { label: choice.label }) }]}>
                <Select autoFocus options={choice.options} showSearch={{ optionFilterProp: "label" }} />
              </Form.Item>
            ) : null}
            {note ? (
              <Form.Item name={note.name} label={note.label} rules={[{ required: note.required ?? false, whitespace: true, message: t("form.required", { label: note.label }) }]}>
                <Input.TextArea rows={3} maxLength={200} />
              </Form.Item>
            ) : null}
          </Form>
        ),
        onOk: async () => {
          answers = await form.validateFields();
        },
      });
      if (!yes) return null;
      return Object.fromEntries(Object.entries(answers).filter(([, value]) => typeof value === "string" && value !== ""));
    },
    [modal, form, t],
  );
}
