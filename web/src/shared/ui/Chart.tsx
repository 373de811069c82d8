import { Segmented } from "antd";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { EChartsOption } from "echarts";
import css from "./ui.module.css";

const EChart = lazy(() => import("./ChartCanvas"));

interface ChartProps {
  /** States the finding, not the subject. */
  title: ReactNode;
  option: EChartsOption;
  height?: number;
  /** The same figures as a table, for those who do not read charts. */
  table: { head: string[]; rows: (string | number)[][] };
  onSelect?: (dataIndex: number) => void;
}

/** A chart with a title that states the finding and a table view; loads ECharts only when shown. */
export function Chart({ title, option, height = 240, table, onSelect }: ChartProps) {
  const { t } = useTranslation();
  const [view, setView] = useState<"chart" | "table">("chart");
  return (
    <figure className={css.chart}>
      <figcaption className={css.sectionHead}>
        <h2>{title}</h2>
        <Segmented size="small" value={view} onChange={setView} options={[{ value: "chart", label: t("chart.chart") }, { value: "table", label: t("chart.table") }]} />
      </figcaption>
      {view === "chart" ? (
        <Suspense fallback={<div style={{ height }} />}>
          <EChart option={option} height={height} {...(onSelect ? { onSelect } : {})} />
        </Suspense>
      ) : (
        <div style={{ height, overflow: "auto" }}>
          <table className={css.plainTable}>
            <thead>
              <tr>{table.head.map((cell) => <th key={cell}>{cell}</th>)}</tr>
            </thead>
            <tbody>
              {table.rows.map((row, index) => (
                <tr key={index}>{row.map((cell, at) => <td key={at} className={typeof cell === "number" ? "hc-num hc-right" : undefined}>{cell}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}
