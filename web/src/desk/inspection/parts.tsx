import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Image } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, apiUrl, type BulkResult } from "@/api";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { Timeline } from "@/shared/ui/Timeline";
import NS from "./locale";
import type { GoodsEvent, Ref } from "./types";

/** One document by its address, read again now and then. */
export function useOne<T>(kind: string, path: string, id: string) {
  return useQuery({ queryKey: ["detail", kind, id], queryFn: ({ signal }) => api.get<T>(`${path}/${id}`, undefined, signal), refetchInterval: 30_000 });
}

/** Runs an action, says what went wrong, and reads lists and details again. */
export function useRun(): { busy: string | null; run: (code: string, work: () => Promise<unknown>) => Promise<boolean> } {
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const { t } = useTranslation(NS);
  const [busy, setBusy] = useState<string | null>(null);
  const run = useCallback(
    async (code: string, work: () => Promise<unknown>) => {
      setBusy(code);
      try {
        const answer = (await work()) as Partial<BulkResult> | undefined;
        const failed = answer?.results?.find((row) => !row.ok);
        if (failed) void message.error(failed.message ?? failed.code ?? "");
        else void message.success(t("done.saved"));
        await Promise.all([client.invalidateQueries({ queryKey: ["detail"] }), client.invalidateQueries({ queryKey: ["list"] })]);
        return failed === undefined;
      } catch (error) {
        report(error);
        return false;
      } finally {
        setBusy(null);
      }
    },
    [client, report, message, t],
  );
  return { busy, run };
}

/** What happened, from the audit log, in the user's words. */
export function Events({ events }: { events: readonly GoodsEvent[] }) {
  const { t } = useTranslation(NS);
  const words = (event: GoodsEvent) => {
    const code = event.action.split(".").pop() ?? event.action;
    const data: Record<string, unknown> = { ...event.data };
    if (typeof data.disposition === "string") data.disposition = t(`way.${data.disposition}`);
    if (typeof data.outcome === "string") data.outcome = t(`way.${data.outcome}`);
    if (typeof data.severity === "string") data.severity = t(`severity.${data.severity}`);
    if (typeof data.state === "string") data.state = t(`state.${data.state}`);
    return t(`events.${code}`, { ...data, defaultValue: event.action });
  };
  return (
    <Timeline
      events={events.map((event, at) => ({
        id: at,
        at: event.at,
        who: event.actor,
        title: words(event),
        note: [event.data.reason, event.data.note].find((one) => typeof one === "string" && one !== "") as string | undefined,
      }))}
    />
  );
}

/** Pictures from the floor, small; a click shows them large. */
export function Photos({ ids, alt }: { ids: readonly string[]; alt: string }) {
  const { can } = useSession();
  const kept = ids.filter((one) => /^\d+$/.test(one));
  if (kept.length === 0 || !can("work.photo.view")) return null;
  return (
    <Image.PreviewGroup>
      {kept.map((one) => <Image key={one} width={40} height={40} style={{ objectFit: "cover" }} alt={alt} src={apiUrl(`/floor/photos/${one}`)} />)}
    </Image.PreviewGroup>
  );
}

/** Where to go from an empty list, for those who may. */
export function NextStep({ to, permission, children }: { to: string; permission: string; children: string }) {
  const { can } = useSession();
  return can(permission) ? <Link to={to}><Button>{children}</Button></Link> : null;
}

export function Product({ sku }: { sku: Ref | null }) {
  return sku ? <span title={sku.name}><span className="hc-num">{sku.code}</span> <span className="hc-faint">{sku.name}</span></span> : null;
}
