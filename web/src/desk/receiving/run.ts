import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useReportProblem } from "@/shared/ui/ErrorState";

/** Do something and read lists and details again; what went wrong is said. */
export function useRun() {
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [busy, setBusy] = useState<string | null>(null);
  const run = async (code: string, work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    setBusy(code);
    try {
      await work();
      if (done) void message.success(done);
      await Promise.all([client.invalidateQueries({ queryKey: ["detail"] }), client.invalidateQueries({ queryKey: ["list"] })]);
      return true;
    } catch (error) {
      report(error);
      return false;
    } finally {
      setBusy(null);
    }
  };
  return { busy, run };
}
