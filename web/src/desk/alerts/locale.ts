import { addLocale } from "@/shared/i18n";

export default addLocale(
  "alerts",
  {
    title: "库存预警", hint: "低于安全库存、临期、滞销等事实自动列出，事实消失后自动关闭。", search: "商品、批次", refresh: "立即检查", refreshed: "新增 {{opened}} 条，自动关闭 {{gone}} 条",
    tab: { open: "待处理", snoozed: "已推迟", done: "已处理", gone: "已消失" },
    kind: { below_safety: "低于安全库存", below_reorder: "低于补货点", expiring: "临期", expired: "已过期", slow: "滞销", dead: "呆滞", overstock: "超储" },
    col: { kind: "类型", sku: "商品", warehouse: "仓库", owner: "货主", lot: "批次", quantity: "数量", threshold: "阈值", days: "天数", expected: "在途", value: "货值", discount: "建议折扣", since: "开始", action: "处理", document: "单据", note: "说明" },
    days: { figure: "{{count}} 天", left: "剩 {{count}} 天可售", none: "已不可售", idle: "{{count}} 天无出库", expired: "过期 {{count}} 天" },
    discount: "建议 {{percent}}% 折让",
    action: { purchase: "请购", transfer: "调拨", hold: "冻结", promotion: "促销", promote: "提议促销", count: "盘点", done: "标记已处理", gone: "自动消失", snooze: "推迟", reopen: "重新打开" },
    done: { purchase: "已生成请购单", transfer: "已生成调拨单", hold: "已冻结", promote: "已生成促销工单", count: "已生成盘点单" },
    ask: { note: "说明", quantity: "数量（不填按阈值计算）", other: "调入仓", until: "推迟多久", tomorrow: "到明天", week: "一周", month: "30 天", text: "{{sku}}：{{kind}}，{{quantity}} 件" },
    filter: { kind: "类型" },
    empty: { title: "没有预警", hint: "先在“库存阈值”里设置安全库存和补货点；临期和滞销按默认天数自动检查。" },
    threshold: {
      title: "库存阈值", hint: "每个仓库、商品的安全库存、补货点、上限、临期和滞销天数。商品留空的一行是该仓库的默认天数。", search: "商品", new: "新增阈值", edit: "修改阈值", default: "仓库默认", warehouse: "仓库", sku: "商品", owner: "货主", safety: "安全库存", reorder: "补货点", max: "上限", expiry: "临期提前（天）", slow: "滞销（天）", source: "来源", updated: "修改", delete: "删除", deleteConfirm: "删除后相应预警自动关闭。", change: "批量修改", changeField: "修改哪一项", changeValue: "新的数值（留空为取消）", save: "保存",
      sources: { manual: "人工", import: "导入", forecast: "预测" }, emptyTitle: "还没有阈值", emptyHint: "逐条新增，或在导入中心导入“库存阈值”。",
    },
  },
  {
    title: "Stock alerts", hint: "Too little, soon expired, not moving: facts show up by themselves and close when they are gone.", search: "Product, lot", refresh: "Look now", refreshed: "{{opened}} new, {{gone}} gone",
    tab: { open: "To do", snoozed: "Snoozed", done: "Done", gone: "Gone" },
    kind: { below_safety: "Below safety stock", below_reorder: "Below reorder point", expiring: "Expires soon", expired: "Expired", slow: "Slow mover", dead: "Dead stock", overstock: "Too much" },
    col: { kind: "Kind", sku: "Product", warehouse: "Warehouse", owner: "Owner", lot: "Lot", quantity: "Units", threshold: "Threshold", days: "Days", expected: "Coming", value: "Value", discount: "Advice", since: "Since", action: "Answer", document: "Document", note: "Note" },
    days: { figure: "{{count}} days", figure_one: "{{count}} day", left_one: "{{count}} day left to sell", idle_one: "{{count}} day without an order", expired_one: "Expired {{count}} day ago", left: "{{count}} days left to sell", none: "Cannot be sold any more", idle: "{{count}} days without an order", expired: "Expired {{count}} days ago" },
    discount: "{{percent}}% off advised",
    action: { purchase: "Buy", transfer: "Transfer", hold: "Hold", promotion: "Promotion", promote: "Propose promotion", count: "Count", done: "Mark as done", gone: "Gone by itself", snooze: "Snooze", reopen: "Show again" },
    done: { purchase: "Purchase requested", transfer: "Transfer requested", hold: "On hold", promote: "Promotion proposed as a ticket", count: "Count made" },
    ask: { note: "Note", quantity: "Units (by the thresholds if empty)", other: "To warehouse", until: "Until", tomorrow: "Tomorrow", week: "Next week", month: "In 30 days", text: "{{sku}}: {{kind}}, {{quantity}} units" },
    filter: { kind: "Kind" },
    empty: { title: "No alerts", hint: "Set safety stocks and reorder points under Thresholds; expiry and slow movers are looked at with default days." },
    threshold: {
      title: "Thresholds", hint: "Safety stock, reorder point, maximum, and days of warning, for each product and warehouse. A row without a product holds for all of the warehouse that have none.", search: "Product", new: "New threshold", edit: "Change threshold", default: "Default of the warehouse", warehouse: "Warehouse", sku: "Product", owner: "Owner", safety: "Safety stock", reorder: "Reorder point", max: "Maximum", expiry: "Expiry warning (days)", slow: "Slow after (days)", source: "Source", updated: "Changed", delete: "Delete", deleteConfirm: "Alerts that rest on them close.", change: "Change one figure", changeField: "Which figure", changeValue: "New value (empty takes it back)", save: "Save",
      sources: { manual: "By hand", import: "File", forecast: "Forecast" }, emptyTitle: "No thresholds yet", emptyHint: "Add them one by one, or import the file “Thresholds of stock”.",
    },
  },
);
