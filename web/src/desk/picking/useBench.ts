import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { isLost, newScanId, sendUntilAnswered, type ScanAnswer } from "@/desk/floor/send";
import type { ScanResult } from "@/shared/scan/ScanField";
import NS from "./locale";
import { answered, applied, current, start, type PickState, type Reaction } from "./machine";
import type { BatchDetail, PickScan } from "./types";

interface PickAnswer {
  results: ScanAnswer[];
  new_task_ids?: number[];
  batch_state?: string;
  state?: string;
}

/** Scans without an answer outlive a reload: they are sent again under their own ids. */
const outbox = {
  key: (batchId: number) => `hecang.pick.${batchId}`,
  read(batchId: number): PickScan[] {
    try {
      return JSON.parse(localStorage.getItem(outbox.key(batchId)) ?? "[]") as PickScan[];
    } catch {
      return [];
    }
  },
  write(batchId: number, scans: readonly PickScan[]) {
    if (scans.length === 0) localStorage.removeItem(outbox.key(batchId));
    else localStorage.setItem(outbox.key(batchId), JSON.stringify(scans));
  },
};

/** Joins the pure machine with the server: judges at once what can be judged here, sends the rest, resends what was lost. */
export function useBench(batch: BatchDetail) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const live = useRef<PickState>(start(batch.tasks));
  const [state, setState] = useState(live.current);
  const [unsent, setUnsent] = useState<PickScan[]>(() => outbox.read(batch.id));

  const put = useCallback((next: PickState) => {
    live.current = next;
    setState(next);
  }, []);

  const reload = useCallback(async () => {
    const fresh = await api.get<BatchDetail>(`/batches/${batch.id}`);
    client.setQueryData(["detail", "batch", String(batch.id)], fresh);
    put(answered(live.current, fresh.tasks));
  }, [batch.id, client, put]);

  const deliver = useCallback(
    async (scans: PickScan[]): Promise<ScanResult | null> => {
      setUnsent(scans);
      outbox.write(batch.id, scans);
      let answer: PickAnswer;
      try {
        answer = await sendUntilAnswered(() => api.post<PickAnswer>(`/batches/${batch.id}/scans`, { scans }));
      } catch (error) {
        if (!isLost(error)) {
          // Refused as a whole (somebody else has the batch …): what was sent does not count.
          setUnsent([]);
          outbox.write(batch.id, []);
          await reload().catch(() => undefined);
        }
        throw error;
      }
      setUnsent([]);
      outbox.write(batch.id, []);
      const parts = answer.results.flatMap((result) =>
        result.ok ? ((result.data?.tasks ?? []) as { task_id: number; left: number }[]).map((part) => ({ scan_id: result.scan_id, ...part })) : [],
      );
      put(answered(live.current, applied(live.current.tasks, scans, parts)));
      const refused = answer.results.find((result) => !result.ok);
      const isMore = (answer.new_task_ids?.length ?? 0) > 0;
      if (refused || isMore || current(live.current) === null) await reload();
      void client.invalidateQueries({ queryKey: ["list"] });
      if (refused) return { ok: false, message: refused.message };
      return isMore ? { ok: true, message: t("replaced") } : null;
    },
    [batch.id, client, put, reload, t],
  );

  /** Runs one step of the machine; answers what to say. */
  const run = useCallback(
    async (react: (state: PickState) => Reaction): Promise<ScanResult | null> => {
      const waiting = outbox.read(batch.id);
      if (waiting.length > 0) {
        const before = await deliver(waiting);
        if (before && !before.ok) return before;
      }
      const reaction = react(live.current);
      put(reaction.state);
      const said = reaction.said ? { ok: reaction.said.ok, message: t(`say.${reaction.said.key}`, reaction.said.params ?? {}) } : null;
      if (reaction.send.length === 0) return said;
      const heard = await deliver(reaction.send);
      if (heard && !heard.ok) return heard;
      const finished = current(live.current) === null;
      const message = heard ? `${said?.message ?? ""} ${String(heard.message)}` : (said?.message ?? "");
      return { ok: true, message, finished };
    },
    [batch.id, deliver, put, t],
  );

  const resend = useCallback(() => deliver(outbox.read(batch.id)), [batch.id, deliver]);
  return { state, run, resend, unsent, newId: newScanId };
}
