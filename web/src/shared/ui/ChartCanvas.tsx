import { BarChart, HeatmapChart, LineChart, PieChart } from "echarts/charts";
import { DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { EChartsOption } from "echarts";
import { useEffect, useRef } from "react";
import { useTheme } from "@/shared/theme/ThemeProvider";
import { fontFamily, palettes } from "@/shared/theme/tokens";

echarts.use([BarChart, LineChart, PieChart, HeatmapChart, GridComponent, TooltipComponent, LegendComponent, DatasetComponent, MarkLineComponent, VisualMapComponent, CanvasRenderer]);

/** The canvas of `Chart`; in its own file so that ECharts stays out of the first load. */
export default function ChartCanvas({ option, height, onSelect }: { option: EChartsOption; height: number; onSelect?: (dataIndex: number) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const { mode } = useTheme();

  useEffect(() => {
    if (!host.current) return;
    const c = palettes[mode];
    const chart = echarts.init(host.current);
    chart.setOption({
      color: [c.primary, c.green, c.orange, c.grey],
      textStyle: { fontFamily, color: c.text2 },
      animationDuration: 200,
      grid: { left: 8, right: 12, top: 24, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", backgroundColor: c.raised, borderColor: c.border, textStyle: { color: c.text } },
      ...option,
    });
    if (onSelect) chart.on("click", (event) => onSelect(event.dataIndex));
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(host.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option, mode, onSelect]);

  return <div ref={host} style={{ height }} aria-hidden />;
}
