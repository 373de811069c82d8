import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, ExclamationCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { toneOf, type Tone } from "./states";
import css from "./ui.module.css";

const ICONS: Record<Tone, ReactNode> = {
  grey: <MinusCircleOutlined />,
  blue: <ClockCircleOutlined />,
  orange: <ExclamationCircleFilled />,
  red: <CloseCircleFilled />,
  green: <CheckCircleFilled />,
};

/** A small coloured label with icon and text; use `StateTag` for states, this for other marks. */
export function ToneTag({ tone, children, icon = true }: { tone: Tone; children: ReactNode; icon?: boolean }) {
  return (
    <span className={`${css.tag ?? ""} ${css[tone] ?? ""}`} data-tone={tone}>
      {icon ? <span aria-hidden className={css.tagIcon}>{ICONS[tone]}</span> : null}
      {children}
    </span>
  );
}

/**
 * The state of an entity, in words and colour.
 *
 * Words: key `state.<state>` in namespace `ns` (the area), else `state.common.<state>`, else the code.
 */
export function StateTag({ state, ns = "common", group, tone }: { state: string; ns?: string; group?: string; tone?: Tone }) {
  const { t } = useTranslation();
  const keys = [...(group ? [`${ns}:state.${group}.${state}`] : []), `${ns}:state.${state}`, `common:state.common.${state}`];
  return <ToneTag tone={tone ?? toneOf(state)}>{t(keys, { defaultValue: state.replaceAll("_", " ") })}</ToneTag>;
}
