import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import NS from "./locale";
import css from "./rules.module.css";
import type { ActionType, Parameter, RuleAction } from "./types";

const SOURCES: Partial<Record<Parameter["type"], string>> = { warehouses: "/warehouses", service: "/carrier-services", sku: "/skus" };

/** Codes that a parameter may name, from the list that it refers to. */
function useCodes(type: Parameter["type"], text: string) {
  const path = SOURCES[type];
  return useQuery({
    queryKey: ["options", "codes", path, type === "sku" ? text : ""],
    queryFn: ({ signal }) => api.get<Page<{ code: string; name: string }>>(path ?? "", type === "sku" ? { q: text, limit: 20 } : { limit: 200 }, signal),
    enabled: path !== undefined,
    staleTime: 60_000,
  });
}

interface FieldProps {
  parameter: Parameter;
  value: unknown;
  onChange: (value: unknown) => void;
  disabled: boolean;
}

function Field({ parameter, value, onChange, disabled }: FieldProps) {
  const text = typeof value === "string" ? value : "";
  const codes = useCodes(parameter.type, text);
  const several = Array.isArray(value) ? (value as string[]) : [];
  const options = SOURCES[parameter.type] ? (codes.data?.items ?? []).map((row) => ({ value: row.code, label: `${row.code} ${row.name}` })) : parameter.choices;
  const common = { disabled, "aria-label": parameter.label, style: { width: "100%" } };
  switch (parameter.type) {
    case "number":
      return <InputNumber {...common} min={parameter.least} max={parameter.most} precision={0} value={typeof value === "number" ? value : null} onChange={onChange} />;
    case "bool":
      return <Switch disabled={disabled} aria-label={parameter.label} checked={value === true} onChange={onChange} />;
    case "texts":
      return <Select {...common} mode="tags" open={false} suffix={null} tokenSeparators={[",", "，", " "]} value={several} onChange={onChange} />;
    case "choices":
    case "warehouses":
      return <Select {...common} mode="multiple" options={options} showSearch={{ optionFilterProp: "label" }} value={several} onChange={onChange} />;
    case "choice":
    case "service":
    case "sku":
      return <Select {...common} allowClear options={options} showSearch={{ optionFilterProp: "label" }} value={text === "" ? null : text} onChange={(chosen: string | undefined) => onChange(chosen ?? "")} />;
    default:
      return <Input disabled={disabled} aria-label={parameter.label} maxLength={200} value={text} onChange={(event) => onChange(event.target.value)} />;
  }
}

interface ActionBuilderProps {
  value: readonly RuleAction[];
  onChange: (actions: RuleAction[]) => void;
  types: readonly ActionType[];
  disabled: boolean;
}

/** What a rule has done, one line an action, with the fields that the action asks for. */
export function ActionBuilder({ value, onChange, types, disabled }: ActionBuilderProps) {
  const { t } = useTranslation(NS);
  const set = (place: number, action: RuleAction) => onChange(value.map((one, index) => (index === place ? action : one)));
  return (
    <div>
      {value.map((action, place) => {
        const type = types.find((one) => one.code === action.action);
        return (
          <div key={place} className={css.action}>
            <Select
              aria-label={t("edit.actions")}
              value={action.action}
              disabled={disabled}
              options={types.map((one) => ({ value: one.code, label: one.label }))}
              onChange={(code) => set(place, { action: code, parameters: {} })}
            />
            <div>
              <div className={css.parameters}>
                {(type?.parameters ?? []).map((parameter) => (
                  <label key={parameter.name}>
                    {parameter.label}
                    <Field parameter={parameter} value={action.parameters[parameter.name]} disabled={disabled} onChange={(given) => set(place, { ...action, parameters: { ...action.parameters, [parameter.name]: given } })} />
                  </label>
                ))}
              </div>
              <div className="hc-faint">{type?.help}</div>
            </div>
            <Button type="text" icon={<DeleteOutlined />} aria-label={t("edit.removeAction")} disabled={disabled} onClick={() => onChange(value.filter((_, index) => index !== place))} />
          </div>
        );
      })}
      {disabled ? null : (
        <Button style={{ marginTop: 8 }} icon={<PlusOutlined />} onClick={() => onChange([...value, { action: types[0]?.code ?? "", parameters: {} }])}>{t("edit.addAction")}</Button>
      )}
    </div>
  );
}
