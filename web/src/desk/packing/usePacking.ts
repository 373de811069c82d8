import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { isLost, newScanId, sendUntilAnswered } from "@/desk/floor/send";
import type { ScanResult } from "@/shared/scan/ScanField";
import NS from "./locale";
import { boxedUnits, cartonInUse, empty, leftUnits, opened, read, scanAfterOpening, scanned, sealed, step, type Deed, type PackState } from "./machine";
import type { OpenAnswer, PackCarton, PackView, ScansAnswer, SealAnswer } from "./types";

interface Options {
  cartons: readonly PackCarton[];
  /** Seal without a scale as soon as everything is in. */
  autoSeal: boolean;
  /** A parcel was sealed and has a label. */
  onLabel: (url: string) => void;
}

export interface LastSealed {
  number: string;
  waybill: string | null;
  labelUrl: string | null;
}

/** Joins the pure machine of the packing table with the server. Every scan has an id of its own, kept when sent again. */
export function usePacking({ cartons, autoSeal, onLabel }: Options) {
  const { t } = useTranslation(NS);
  const live = useRef<PackState>(empty);
  const [state, setState] = useState<PackState>(empty);
  const [last, setLast] = useState<LastSealed | null>(null);
  /** A message that got no answer: it may have arrived. It goes again, under its own id, before anything else. */
  const unanswered = useRef<{ run: () => Promise<ScanResult>; code: string } | null>(null);
  const lastCode = useRef("");
  const settings = useRef({ cartons, autoSeal, onLabel });
  useEffect(() => {
    settings.current = { cartons, autoSeal, onLabel };
  });

  const put = useCallback((next: PackState) => {
    live.current = next;
    setState(next);
  }, []);

  const deliver = useCallback(<T,>(send: () => Promise<T>, take: (answer: T) => Promise<ScanResult>): Promise<ScanResult> => {
    const whole = async (): Promise<ScanResult> => {
      let answer: T;
      try {
        answer = await sendUntilAnswered(send);
      } catch (error) {
        unanswered.current = isLost(error) ? { run: whole, code: lastCode.current } : null;
        throw error;
      }
      unanswered.current = null;
      return take(answer);
    };
    return whole();
  }, []);

  const seal = useCallback(
    async (weight: number | null, accept: boolean): Promise<ScanResult> => {
      const { view } = live.current;
      if (!view) return { ok: false, message: t("say.nothingInside") };
      const carton = cartonInUse(live.current);
      const body = { scan_id: newScanId(), carton_id: carton?.id ?? null, weight_g: weight, accept_weight: accept };
      const take = (answer: SealAnswer): Promise<ScanResult> => {
        put(sealed(live.current, weight, answer));
        if (!answer.ok) return Promise.resolve({ ok: false, message: answer.message });
        const number = answer.parcel?.number ?? "";
        setLast({ number, waybill: answer.waybill?.number ?? null, labelUrl: answer.label_url });
        if (answer.label_url) settings.current.onLabel(answer.label_url);
        if (!answer.waybill) return Promise.resolve({ ok: false, message: t("say.sealedNoLabel", { number, why: answer.label_error }) });
        return Promise.resolve({ ok: true, finished: true, message: t("say.sealed", { number, waybill: answer.waybill.number }) });
      };
      return deliver(() => api.post<SealAnswer>(`/packing/${view.fulfilment.id}/seal`, body), take);
    },
    [deliver, put, t],
  );

  const scan = useCallback(
    async (view: PackView, deed: Extract<Deed, { kind: "scan" }>): Promise<ScanResult> => {
      const message = { scan_id: newScanId(), barcode: deed.barcode, quantity: deed.quantity, action: deed.action };
      const take = async (answer: ScansAnswer): Promise<ScanResult> => {
        const result = answer.results[0];
        put(scanned(live.current, answer.view, deed.barcode, result?.ok ?? false));
        if (!result?.ok) return { ok: false, message: result?.message ?? t("error.title") };
        const sku = typeof result.data?.sku_code === "string" ? result.data.sku_code : deed.barcode;
        if (deed.action === "remove") return { ok: true, message: t("say.removed", { sku }) };
        const missing = leftUnits(answer.view);
        if (missing > 0) return { ok: true, message: t("say.scanned", { sku, count: missing }) };
        if (settings.current.autoSeal && step(live.current) === "weigh") return seal(null, false);
        return { ok: true, finished: true, message: t("say.last", { sku }) };
      };
      return deliver(() => api.post<ScansAnswer>(`/packing/${view.fulfilment.id}/scans`, { scans: [message] }), take);
    },
    [deliver, put, seal, t],
  );

  const open = useCallback(
    async (code: string, batchId: number | null): Promise<ScanResult> => {
      const answer = await api.post<OpenAnswer>("/packing/open", { code, batch_id: batchId });
      put(opened(live.current, answer));
      const now = live.current;
      if (!now.view) return { ok: true, message: t("say.choose") };
      const { number } = now.view.fulfilment;
      if (step(now) === "blocked") return { ok: false, message: t("say.blocked", { number }) };
      const first = batchId === null ? null : scanAfterOpening(now, code);
      if (first?.kind === "scan") return scan(now.view, first);
      if (step(now) === "done") return { ok: true, message: t("say.openedDone", { number }) };
      return { ok: true, message: t("say.opened", { number, count: leftUnits(now.view) + boxedUnits(now.view) }) };
    },
    [put, scan, t],
  );

  const act = useCallback(
    async (deed: Deed): Promise<ScanResult> => {
      const { view } = live.current;
      switch (deed.kind) {
        case "open":
          return open(deed.code, deed.batch_id);
        case "choose":
          return open(deed.choice.number, null);
        case "scan":
          return view ? scan(view, deed) : { ok: false, message: "" };
        case "seal":
          return seal(deed.weight_g, deed.accept_weight);
        case "doubt":
          put({ ...live.current, mismatch: { weight_g: deed.weight_g, expected_g: deed.expected_g } });
          return { ok: false, message: t("say.weightOdd", { weight: deed.weight_g, expected: deed.expected_g }) };
        case "carton":
          put({ ...live.current, carton: deed.carton });
          return { ok: true, message: t("say.carton", { code: deed.carton.code }) };
        case "refuse":
          return { ok: false, message: t(`say.${deed.key}`, deed.params ?? {}) };
        case "say":
          return { ok: true, message: t(`say.${deed.key}`, deed.params ?? {}) };
      }
    },
    [open, put, scan, seal, t],
  );

  const onScan = useCallback(
    async (code: string) => {
      const before = unanswered.current;
      if (before) {
        const result = await before.run();
        // Scanned again because no answer came: it is the same piece, not another one.
        if (before.code === code) return result;
      }
      lastCode.current = code;
      return act(read(live.current, code, settings.current.cartons));
    },
    [act],
  );
  const change = useCallback((patch: Partial<PackState>) => put({ ...live.current, ...patch }), [put]);
  const leave = useCallback(() => put({ ...empty, batchId: live.current.batchId }), [put]);
  const now = useCallback(() => live.current, []);
  return { state, now, onScan, act, seal, change, leave, last };
}
