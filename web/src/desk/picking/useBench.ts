import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { isLost, newScanId, sendUntilAnswered, type ScanAnswer } from "@/desk/floor/send";
import type { ScanResult } from "@/shared/scan/ScanField";
import NS from "./locale";
import { answered, current, merged, start, type PickState, type Reaction } from "./machine";
import type { BatchDetail, PickScan, PickTask } from "./types";

interface PickAnswer {
  results: ScanAnswer[];
  /** Those that changed, and new ones. */
  tasks: PickTask[];
  state: string;
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

interface Heard {
  ok: boolean;
  message: string;
}

/** Joins the pure machine with the server: judges at once what can be judged here, sends the rest, resends what was lost. */
export function useBench(batch: BatchDetail) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const [state, setState] = useState<PickState>(() => start(batch.tasks));
  // Scans come faster than renders: what they build on is here.
  const live = useRef<PickState>(state);
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
    async (scans: PickScan[]): Promise<Heard | null> => {
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
      const known = new Set(live.current.tasks.map((task) => task.id));
      const isMore = answer.tasks.some((task) => !known.has(task.id));
      put(answered(live.current, merged(live.current.tasks, answer.tasks)));
      const refused = answer.results.find((result) => !result.ok);
      if (refused || current(live.current) === null) await reload();
      void client.invalidateQueries({ queryKey: ["list"] });
      if (refused) return { ok: false, message: refused.message };
      return isMore ? { ok: true, message: t("replaced") } : null;
    },
    [batch.id, client, put, reload, t],
  );

  /** Runs one step of the machine; answers what to say. */
  const run = useCallback(
    async (react: (state: PickState) => Reaction, code = ""): Promise<ScanResult | null> => {
      const waiting = outbox.read(batch.id);
      if (waiting.length > 0) {
        const before = await deliver(waiting);
        // Scanned again because no answer came: it is the same piece, not another one.
        if (waiting.some((scan) => scan.sku_barcode === code.trim())) return before ?? { ok: true, message: t("resent", { count: waiting.length }) };
        if (before && !before.ok) return before;
      }
      const reaction = react(live.current);
      put(reaction.state);
      const said = reaction.said ? { ok: reaction.said.ok, message: t(`say.${reaction.said.key}`, reaction.said.params ?? {}) } : null;
      if (reaction.send.length === 0) return said;
      const heard = await deliver(reaction.send);
      if (heard && !heard.ok) return heard;
      const finished = current(live.current) === null;
      const message = [said?.message, heard?.message].filter(Boolean).join("  ");
      return { ok: true, message, finished };
    },
    [batch.id, deliver, put, t],
  );

  const resend = useCallback(() => deliver(outbox.read(batch.id)), [batch.id, deliver]);
  return { state, run, resend, unsent, newId: newScanId };
}
