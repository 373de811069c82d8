import type { TFunction } from "i18next";
import type { ListFilter } from "@/shared/list/types";
import { StateTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import NS from "./locale";
import type { ConnectionRef } from "./types";

const TONES: Record<string, Tone> = { done: "green", partial: "orange", failed: "red", pending: "blue", refused: "red", open: "blue", partly: "orange", cancelled: "grey" };

export function State({ state }: { state: string }) {
  return <StateTag ns={NS} state={state} tone={TONES[state] ?? "grey"} />;
}

/** The filter that every list about Qimen has. */
export function connectionFilter(t: TFunction): ListFilter {
  return { key: "connection", label: t("filter.connection"), type: "remote", width: 160, path: "/connections", toOption: (one: ConnectionRef) => ({ value: String(one.id), label: one.name }) };
}
