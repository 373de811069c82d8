import { App } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, apiUrl } from "@/api";
import { printPdf } from "@/desk/floor/pdf";
import { useAsk } from "@/shared/form/useAsk";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PrintComponent, PrintError } from "@/shared/print/client";
import NS from "@/shared/print/locale";
import { componentAddress, printerOf } from "@/shared/print/station";

interface Document {
  parcel_id: number;
  waybill_id: number;
  number: string;
  component: string;
  contents: unknown[];
  printed: number;
  printed_at: string | null;
  printed_by: string;
}

interface Component {
  code: string;
  url: string;
  secure_url: string;
}

/** Each label is a task of its own: after a jam it is known which one came out. */
async function printAll(documents: readonly Document[], address: string): Promise<{ failed: string[] }> {
  const component = await PrintComponent.open(address);
  const failed: string[] = [];
  try {
    for (const one of documents) {
      const printer = printerOf(one.component);
      const note = (state: string, detail = "") => api.post("/print-tasks", { task_id: taskId, waybill_ids: [one.waybill_id], component: one.component, printer, state, detail });
      const taskId = crypto.randomUUID();
      const done = await component.print(taskId, [{ documentID: one.number, contents: one.contents }], printer, () => void note("sent").catch(() => undefined));
      await note(done.state, done.detail);
      if (done.state === "failed") failed.push([one.number, done.detail].filter((part) => part !== "").join(" "));
    }
  } finally {
    component.close();
  }
  return { failed };
}

/** The parcel that a label's address ("/api/v1/parcels/2/label.pdf") is of. */
export function parcelOfLabel(url: string): number[] {
  const found = /parcels\/(\d+)\/label/.exec(url);
  return found ? [Number(found[1])] : [];
}

/** `print(ids)`: the labels of parcels by the platforms' print components where they want that, else as our own PDF. */
export function usePrintLabels(): (parcelIds: number[]) => Promise<void> {
  const { t } = useTranslation(NS);
  const { message, notification } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  return useCallback(
    async (parcelIds) => {
      try {
        const jobs = await api.post<{ documents: Document[]; own: number[] }>("/parcels/print", { ids: parcelIds });
        for (const id of jobs.own) await printPdf(apiUrl(`/parcels/${id}/label.pdf`));
        if (jobs.documents.length === 0) return;
        const again = jobs.documents.filter((one) => one.printed > 0);
        if (again.length > 0) {
          const first = again[0];
          const text = t("againText", { numbers: again.map((one) => one.number).join(", "), who: first?.printed_by ?? "", count: again.length });
          if (!(await ask({ title: t("again"), okText: t("againOk"), text, danger: true }))) return;
        }
        const { components } = await api.get<{ components: Component[] }>("/print-components");
        for (const component of components) {
          const mine = jobs.documents.filter((one) => one.component === component.code);
          if (mine.length === 0) continue;
          const { failed } = await printAll(mine, componentAddress(component));
          if (failed.length > 0) notification.error({ title: t("failed", { count: failed.length }), description: failed.join("\n"), duration: 0 });
          else void message.success(t("printed", { count: mine.length }));
        }
      } catch (error) {
        if (error instanceof PrintError) notification.error({ title: t(`error.${error.code}`), description: [t(`error.${error.code}Hint`), error.detail].filter((line) => line !== "").join(" "), duration: 0 });
        else report(error);
      }
    },
    [t, message, notification, ask, report],
  );
}
