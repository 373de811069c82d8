import { addLocale } from "@/shared/i18n";

export default addLocale(
  "stock",
  {
    title: "库存查询",
    search: "商品编码、名称、条码",
    ledgerTitle: "库存流水",
    ledgerHint: "每一笔库存变化，只增不改；库存数就是这些流水的合计。",
    ledgerSearch: "商品编码、库位、单据号",
    col: {
      sku: "商品编码", name: "名称", warehouse: "仓库", owner: "货主", free: "可用", sellable: "可售", reserved: "预占", onHand: "在库", allocated: "已分配", held: "冻结",
      location: "库位", lot: "批次", expires: "有效期至", condition: "状态", container: "容器", quantity: "数量", received: "入库时间",
      at: "时间", reason: "原因", from: "从", to: "到", source: "单据", actor: "操作人", note: "说明", change: "变化",
    },
    help: { free: "还能卖的：可售减去预占", sellable: "良品、未过期、未冻结、尚未分配的数量", reserved: "已被订单预占", onHand: "仓库里实际有的", allocated: "已锁定给波次的库位库存", held: "冻结、残次、隔离或过期，不能卖" },
    filter: { owner: "货主", warehouse: "仓库", reason: "原因", at: "时间", sku: "商品编码", location: "库位", onlyFree: "有可用", onlyStock: "有库存", condition: "状态", lot: "批次" },
    condition: { good: "良品", damaged: "残次", quarantine: "隔离", returned: "退货待检", expired: "过期" },
    reason: { opening: "期初", receipt: "收货", putaway: "上架", move: "移库", pick: "拣货", putback: "放回", ship: "发货", adjustment: "调整", count: "盘点", condition: "状态变更", scrap: "报废", return: "退货", transfer: "调拨" },
    place: { supplier: "供应商", customer: "客户", adjustment: "调整", scrap: "报废", transit: "在途" },
    drawer: { kind: "商品库存", byWarehouse: "分仓库存", ledger: "流水", tree: "仓库 → 库位 → 批次", product: "查看商品", noStock: "没有库存", noStockHint: "收货或导入期初库存后，这里会显示每个库位的数量。", ledgerOf: "查看这个数字背后的流水", locations: "{{count}} 个库位", notSellable: "不可售", noLot: "无批次" },
    empty: { title: "还没有库存", hint: "导入期初库存，或完成一次收货。", action: "导入期初库存", ledgerTitle: "没有流水", ledgerHint: "收货、移库、拣货、发货都会在这里留下记录。" },
    adjust: {
      title: "调整库存", action: "调整", delta: "变化数量", deltaHelp: "正数增加，负数减少", note: "调整原因", done: "库存已调整", result: "调整后 {{quantity}}", zero: "变化数量不能为 0",
    },
    move: { title: "移动库存", action: "移库", quantity: "数量", to: "目标库位", done: "已移动 {{quantity}} 件到 {{to}}" },
  },
  {
    title: "Availability",
    search: "SKU, name, barcode",
    ledgerTitle: "Stock ledger",
    ledgerHint: "Every change of stock, only ever added to; a balance is the sum of these entries.",
    ledgerSearch: "SKU, location, document",
    col: {
      sku: "SKU", name: "Name", warehouse: "Warehouse", owner: "Owner", free: "Free", sellable: "Sellable", reserved: "Reserved", onHand: "On hand", allocated: "Allocated", held: "Held",
      location: "Location", lot: "Lot", expires: "Expires", condition: "Condition", container: "Container", quantity: "Quantity", received: "Received",
      at: "When", reason: "Reason", from: "From", to: "To", source: "Document", actor: "By", note: "Note", change: "Change",
    },
    help: { free: "Can still be sold: sellable less reserved", sellable: "Good, not expired, not held, not yet allocated", reserved: "Promised to orders", onHand: "What is really in the warehouse", allocated: "Locked at a location for a wave", held: "On hold, damaged, in quarantine or expired" },
    filter: { owner: "Owner", warehouse: "Warehouse", reason: "Reason", at: "When", sku: "SKU", location: "Location", onlyFree: "Free stock", onlyStock: "In stock", condition: "Condition", lot: "Lot" },
    condition: { good: "Good", damaged: "Damaged", quarantine: "Quarantine", returned: "Returned", expired: "Expired" },
    reason: { opening: "Opening", receipt: "Receipt", putaway: "Putaway", move: "Move", pick: "Pick", putback: "Putback", ship: "Ship", adjustment: "Adjustment", count: "Count", condition: "Condition", scrap: "Scrap", return: "Return", transfer: "Transfer" },
    place: { supplier: "Supplier", customer: "Customer", adjustment: "Adjustment", scrap: "Scrap", transit: "In transit" },
    drawer: { kind: "Stock of a product", byWarehouse: "By warehouse", ledger: "Ledger", tree: "Warehouse → location → lot", product: "Open product", noStock: "No stock", noStockHint: "Receive goods or import opening stock to see quantities by location.", ledgerOf: "Show the entries behind this number", locations: "{{count}} locations", notSellable: "not sellable", noLot: "no lot" },
    empty: { title: "No stock yet", hint: "Import opening stock, or receive goods.", action: "Import opening stock", ledgerTitle: "No entries", ledgerHint: "Receipts, moves, picks and shipments leave their entries here." },
    adjust: {
      title: "Adjust stock", action: "Adjust", delta: "Change", deltaHelp: "Positive adds, negative takes away", note: "Why", done: "Stock adjusted", result: "Will be {{quantity}}", zero: "The change cannot be 0",
    },
    move: { title: "Move stock", action: "Move", quantity: "Quantity", to: "To location", done: "Moved {{quantity}} to {{to}}" },
  },
);
