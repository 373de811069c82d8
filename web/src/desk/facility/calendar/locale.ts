import { addLocale } from "@/shared/i18n";

export default addLocale(
  "calendar",
  {
    title: "日历与截单", hint: "仓库哪些天发货、几点截单、一天能发多少。寻源和承诺时效按这里计算。", chooseWarehouse: "仓库", previous: "上个月", next: "下个月", today: "本月",
    weekday: { 1: "一", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六", 7: "日" },
    open: "发货", closed: "不发货", noWarehouse: "还没有仓库", uncertain: "这一年的放假安排还没有公布，暂按星期推算。",
    reason: { weekday: "", holiday: "法定节假日", working_weekend: "调休上班", exception: "例外" },
    holiday: { new_year: "元旦", spring_festival: "春节", qingming: "清明", labour_day: "劳动节", dragon_boat: "端午", national_day: "国庆", mid_autumn: "中秋", victory_day: "抗战胜利纪念日" },
    day: { title: "{{day}}", open: "这天发货", cutoff: "这天的截单时间", cutoffHint: "不填则按平时的截单时间。", note: "说明", clear: "恢复按规则" },
    terms: "规则", edit: "修改规则", kind: "类型", kinds: { warehouse: "仓库", store: "门店", supplier: "供应商直发" }, weekdays: "每周发货日", keepsHolidays: "遵循国家节假日与调休", keepsHolidaysHint: "节假日不发货，调休的周末照常发货。", cutoff: "截单时间", handling: "处理时间（分钟）", handlingHint: "从下发到可以交给承运商。", dailyOrders: "每天最多订单", dailyUnits: "每天最多件数", unlimited: "不限", parcelCost: "每包裹成本（元）", lineCost: "每行成本（元）", unitCost: "每件成本（元）", costHint: "不填则用系统设置。", usual: "系统设置",
    cutoffs: "各承运服务的截单时间", service: "承运服务", asWarehouse: "同仓库", addCutoff: "设置截单时间", noServices: "还没有承运服务", minutes: "{{count}} 分钟",
    saved: "已保存", yes: "是", no: "否",
  },
  {
    title: "Calendar and cut-offs", hint: "On which days a warehouse ships, until when, and how much. Sourcing and promises rest on this.", chooseWarehouse: "Warehouse", previous: "Month before", next: "Next month", today: "This month",
    weekday: { 1: "Mon", 2: "Tue", 3: "Wed", 4: "Thu", 5: "Fri", 6: "Sat", 7: "Sun" },
    open: "Ships", closed: "Closed", noWarehouse: "No warehouses yet", uncertain: "The holidays of this year are not published yet; the weekday decides for now.",
    reason: { weekday: "", holiday: "Public holiday", working_weekend: "Working weekend", exception: "Exception" },
    holiday: { new_year: "New Year", spring_festival: "Spring Festival", qingming: "Qingming", labour_day: "Labour Day", dragon_boat: "Dragon Boat", national_day: "National Day", mid_autumn: "Mid-Autumn", victory_day: "Victory Day" },
    day: { title: "{{day}}", open: "Ships on this day", cutoff: "Cut-off on this day", cutoffHint: "Empty: the usual one.", note: "Note", clear: "Back to the rule" },
    terms: "Rules", edit: "Change rules", kind: "Kind", kinds: { warehouse: "Warehouse", store: "Store", supplier: "Drop-ship supplier" }, weekdays: "Ships on", keepsHolidays: "Keeps the public holidays of China", keepsHolidaysHint: "Closed on holidays, open on working weekends.", cutoff: "Cut-off", handling: "Handling (minutes)", handlingHint: "From release until the carrier can take it.", dailyOrders: "Orders a day, at most", dailyUnits: "Units a day, at most", unlimited: "no limit", parcelCost: "Cost of a parcel", lineCost: "Cost of a line", unitCost: "Cost of a unit", costHint: "Empty: what the installation has set.", usual: "as set",
    cutoffs: "Cut-offs of carrier services", service: "Service", asWarehouse: "as the warehouse", addCutoff: "Set cut-off", noServices: "No carrier services yet", minutes: "{{count}} minutes",
    saved: "Saved", yes: "yes", no: "no",
  },
);
