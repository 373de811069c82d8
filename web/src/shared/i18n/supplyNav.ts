/** Words of the navigation for replenishment, transfers and alerts; small, because they are part of the first load. */
import { addLocale } from "./index";

export default addLocale(
  "common",
  { nav: { pickFaces: "拣货位", replenishment: "补货", consolidation: "零散归并", transfers: "调拨", stockAlerts: "库存预警", thresholds: "库存阈值" } },
  { nav: { pickFaces: "Pick faces", replenishment: "Replenishment", consolidation: "Consolidation", transfers: "Transfers", stockAlerts: "Stock alerts", thresholds: "Thresholds" } },
);
