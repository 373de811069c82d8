import { Form, Input, InputNumber, Select, Switch } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import NS from "./locale";

/** One field of a connector's settings, as the API describes it. */
export interface ConnectorField {
  name: string;
  kind: string;
  title: string;
  help: string;
  required: boolean;
  default?: unknown;
  choices: string[];
  maximum?: number | null;
}

/** Lines `key = value`, edited as text. */
export function mapText(value: unknown): string {
  return value && typeof value === "object" ? Object.entries(value as Record<string, string>).map(([key, one]) => `${key} = ${one}`).join("\n") : "";
}

export function textMap(text: string): Record<string, string> {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

/** Initial values of the form: what is stored, else the defaults; secrets stay empty. */
export function connectorValues(fields: readonly ConnectorField[], stored?: Record<string, unknown> | null): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      const value = field.kind === "secret" ? undefined : (stored?.[field.name] ?? field.default ?? undefined);
      return [field.name, field.kind === "map" ? mapText(value) : value];
    }),
  );
}

/** What the form sends: empty texts of optional fields are left out, so that the connector's defaults hold. */
export function connectorSettings(fields: readonly ConnectorField[], values: Record<string, unknown> | undefined): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values?.[field.name];
    if (field.kind === "map") sent[field.name] = textMap(typeof value === "string" ? value : "");
    else if (value !== undefined && value !== null && value !== "") sent[field.name] = value;
  }
  return sent;
}

/**
 * The fields of a connector's typed settings, made from the API's description of them.
 *
 * Sits inside a `FormPattern`; names are `[prefix, field]`, so that the server's problems land on them.
 */
export function ConnectorForm({ fields, secretsSet = [], prefix = "settings" }: { fields: readonly ConnectorField[]; secretsSet?: readonly string[]; prefix?: string }) {
  const { t } = useTranslation(NS);
  return (
    <>
      {fields.map((field) => {
        const kept = field.kind === "secret" && secretsSet.includes(field.name);
        const help: ReactNode = [field.help, kept ? t("secretKept") : "", field.kind === "map" ? t("mapHint") : ""].filter((line) => line !== "").join(" ");
        return (
          <Form.Item
            key={field.name}
            name={[prefix, field.name]}
            label={field.title}
            extra={help}
            rules={[{ required: field.required && !kept, message: t("required", { label: field.title }) }]}
            {...(field.kind === "boolean" ? { valuePropName: "checked" } : {})}
          >
            <Control field={field} kept={kept} />
          </Form.Item>
        );
      })}
    </>
  );
}

function Control({ field, kept, ...rest }: { field: ConnectorField; kept: boolean }) {
  const { t } = useTranslation(NS);
  const limit = field.maximum ? { maxLength: field.maximum } : {};
  switch (field.kind) {
    case "secret":
      return <Input.Password {...rest} {...limit} autoComplete="new-password" placeholder={kept ? t("secretPlaceholder") : ""} />;
    case "integer":
      return <InputNumber {...rest} precision={0} style={{ width: "100%" }} />;
    case "decimal":
      return <InputNumber<string> {...rest} stringMode style={{ width: "100%" }} />;
    case "boolean":
      return <Switch {...rest} />;
    case "choice":
      return <Select {...rest} options={field.choices.map((value) => ({ value, label: value }))} allowClear={!field.required} />;
    case "map":
      return <Input.TextArea {...rest} autoSize={{ minRows: 2, maxRows: 8 }} spellCheck={false} />;
    default:
      return <Input {...rest} {...limit} />;
  }
}
