import { addLocale } from "@/shared/i18n";

export default addLocale(
  "goods",
  {
    field: { warehouse: "仓库", location: "库位", sku: "商品", lot: "批次", container: "容器", supplier: "供应商", owner: "货主", quantity: "数量", condition: "状态", allocated: "已分配", serials: "序列号", serial: "序列号", reason: "原因", note: "说明", kind: "类型", state: "状态", at: "时间", by: "操作人", value: "金额" },
    condition: { good: "良品", damaged: "残次", quarantine: "隔离", returned: "退货待检", expired: "过期" },
    reason: { opening: "期初", receipt: "收货", putaway: "上架", move: "移库", pick: "拣货", putback: "放回", ship: "发货", adjustment: "调整", count: "盘点", condition: "状态变更", scrap: "报废", return: "退货", transfer: "调拨", kit: "组装拆解", exchange: "序列号对调" },
    went: { customer: "已发给客户", supplier: "已退供应商", transit: "调拨在途", scrap: "已报废", adjustment: "已核销" },
    containers: {
      title: "容器", hint: "周转箱、纸箱、托盘：可嵌套，移动时里面的货、序列号和分配一起走。", search: "容器码开头", kind: { tote: "周转箱", carton: "纸箱", pallet: "托盘" }, code: "容器码", place: "库位", parent: "所在容器", units: "件数", skus: "商品数", inside: "内含容器", held: "冻结", created: "创建时间",
      inUse: "在用", outermost: "最外层", closed: "已停用", all: "全部", new: "新建容器", newTitle: "新建容器", count: "个数", codeHint: "留空则自动编号；SSCC 会校验", made: "已新建：{{codes}}", move: "移动到", moveTitle: "移动 {{code}} 及其全部内容", moved: "已移动", nest: "放入容器", nestTitle: "把 {{code}} 放入", unnest: "取出", nested: "已放入", unnested: "已取出", close: "停用", closeAsk: "停用后不能再放货。空容器才能停用。", wasClosed: "已停用",
      tree: "层级", content: "内容", history: "历史", empty: "空", emptyTitle: "没有容器", emptyHint: "收货时扫描新容器码，或在这里新建。", nothing: "里面没有货",
      what: { "inventory.container.made": "创建", "inventory.container.moved": "移动", "inventory.container.nested": "放入", "inventory.container.unnested": "取出", "inventory.container.closed": "停用" },
    },
    serials: { title: "序列号", hint: "每一件的来龙去脉：从收货到客户，再到退回。", search: "序列号开头，或完整商品编码", inHouse: "在库", outside: "在外", all: "全部", where: "现在何处", presumed: "推定", presumedHint: "没有人扫过，按顺序推定是这一件", since: "登记时间", history: "历史", emptyTitle: "没有序列号", emptyHint: "商品启用序列号管理后，收货时扫描即会登记。", last: "最近一次", fromTo: "{{from}} → {{to}}" },
    changes: {
      title: "库存变更", hint: "状态、货主、编码、批次的变更和冻结：一人申请，大额由另一人批准，一次生效。", search: "单号或原因", new: "申请变更", newTitle: "申请库存变更",
      kind: { condition: "改状态", hold: "冻结", release: "解除冻结", owner: "换货主", sku: "换编码", lot: "换批次" }, state: { requested: "待批准", applied: "已生效", rejected: "已驳回", cancelled: "已撤回" },
      what: "对象", becomes: "变为", units: "件数", value: "金额", applied: "生效 {{count}}", by: "申请人", decided: "批准", approve: "批准", reject: "驳回", cancel: "撤回", approveAsk: "批准后立即生效：{{units}} 件。期间已分配给订单的不变。", rejectWhy: "驳回原因", own: "不能批准自己的申请", lines: "明细", was: "申请时", now: "现有", done: "已生效", asked: "已提交，等待批准", all: "全部",
      scope: "按什么选货", which: "选货方式", toCondition: "变为状态", toOwner: "新货主", toSku: "新编码", toLot: "新批次", hold: "要解除的冻结", onlyGood: "只要良品", emptyTitle: "没有库存变更", emptyHint: "发现残损、批次写错或需要召回时，在这里申请。",
      policies: "批准额度", policyHint: "超过额度的变更要由另一人批准；留空表示不限。", maxUnits: "件数上限", maxValue: "金额上限", saved: "额度已保存",
    },
    recall: {
      title: "召回", hint: "一个批次、供应商或序列号段的货现在在哪里、答应了谁、谁已经收到。", by: "按", byKind: { lot: "批次", supplier: "供应商", sku: "商品", serial: "序列号段" }, first: "起始序列号", last: "结束序列号", find: "查找", export: "导出 Excel", hold: "全部冻结", holdAsk: "从现在起不再销售这些货；已分配给订单的 {{count}} 件要通知打包台。", held: "已冻结。订单已占用 {{count}} 件，请通知打包台。", quarantined: "{{count}} 件已转隔离", 
      kind: { location: "在库", allocation: "已分配", shipped: "已发出", returned: "已退回" }, figure: { lying: "在库", sellable: "仍可售", allocated: "已分配", shipped: "已发出", returned: "已退回", orders: "订单", customers: "客户", parcels: "包裹", locations: "库位" }, order: "订单", parcel: "包裹", waybill: "运单", customer: "客户", fulfilment: "发货单", where: "位置", start: "选择要召回的货", startHint: "选批次、供应商、商品或序列号段，马上看到每个库位和每位客户。", none: "没有找到这些货", noneHint: "它们从未入库，或不在您的数据范围内。",
    },
    kits: {
      title: "组装拆解", hint: "组件装成套装（单独成品编码），或把套装拆回组件；可分批完成，可撤销。", search: "单号或套装编码", new: "新建任务", newTitle: "新建组装拆解任务", direction: { assemble: "组装", dismantle: "拆解" }, state: { open: "待开始", started: "部分完成", done: "已完成", cancelled: "已结束" }, kit: "套装", progress: "完成", from: "取料库位", to: "成品库位", due: "截止", do: "登记完成", doTitle: "完成了几套？", doDone: "已登记", undo: "撤销", undoAsk: "成品退回，组件回到原来的库位、批次和序列号。", undone: "已撤销", cancel: "结束任务", cancelAsk: "已完成的保留，剩下的不再做。", components: "组件", perKit: "每套", free: "取料库位可用", steps: "记录", lot: "成品批次", lotHint: "套装按批次管理时填写，留空用任务号", serials: "成品序列号", emptyTitle: "没有组装拆解任务", emptyHint: "套装须在商品里设为“单独存放”并维护组件。", all: "全部", created: "创建",
    },
  },
  {
    field: { warehouse: "Warehouse", location: "Location", sku: "SKU", lot: "Lot", container: "Container", supplier: "Supplier", owner: "Owner", quantity: "Quantity", condition: "Condition", allocated: "Allocated", serials: "Serials", serial: "Serial", reason: "Reason", note: "Note", kind: "Kind", state: "State", at: "At", by: "By", value: "Value" },
    condition: { good: "Good", damaged: "Damaged", quarantine: "Quarantine", returned: "Returned", expired: "Expired" },
    reason: { opening: "Opening", receipt: "Receipt", putaway: "Putaway", move: "Move", pick: "Pick", putback: "Putback", ship: "Ship", adjustment: "Adjustment", count: "Count", condition: "Condition", scrap: "Scrap", return: "Return", transfer: "Transfer", kit: "Kitting", exchange: "Serial exchange" },
    went: { customer: "Shipped to a customer", supplier: "Back to the supplier", transit: "Between warehouses", scrap: "Scrapped", adjustment: "Written off" },
    containers: {
      title: "Containers", hint: "Totes, cartons, pallets: nested, and carried with all goods, serials and allocations in them.", search: "Beginning of the code", kind: { tote: "Tote", carton: "Carton", pallet: "Pallet" }, code: "Container", place: "Location", parent: "Stands in", units: "Units", skus: "SKUs", inside: "Containers in it", held: "Held", created: "Created",
      inUse: "In use", outermost: "Outermost", closed: "Out of use", all: "All", new: "New containers", newTitle: "New containers", count: "How many", codeHint: "Numbered by itself if blank; an SSCC is checked", made: "Made: {{codes}}", move: "Move to", moveTitle: "Move {{code}} with everything in it", moved: "Moved", nest: "Put into", nestTitle: "Put {{code}} into", unnest: "Take out", nested: "Put into it", unnested: "Taken out", close: "Out of use", closeAsk: "Nothing goes into it any more. It has to be empty.", wasClosed: "Out of use now",
      tree: "Tree", content: "Content", history: "History", empty: "Empty", emptyTitle: "No containers", emptyHint: "Scan a new code when goods come in, or make one here.", nothing: "No goods in it",
      what: { "inventory.container.made": "Made", "inventory.container.moved": "Moved", "inventory.container.nested": "Put into another", "inventory.container.unnested": "Taken out", "inventory.container.closed": "Out of use" },
    },
    serials: { title: "Serials", hint: "The whole story of each unit: from receipt to customer, and back.", search: "Beginning of the number, or a whole SKU code", inHouse: "In the house", outside: "Outside", all: "All", where: "Where it is", presumed: "Presumed", presumedHint: "Nobody scanned it; by order it was taken to be this one", since: "Known since", history: "History", emptyTitle: "No serials", emptyHint: "Where a SKU is kept by serial, scans at receipt enter them.", last: "Last entry", fromTo: "{{from}} → {{to}}" },
    changes: {
      title: "Stock changes", hint: "Condition, owner, SKU, lot and holds: one person asks, another agrees where much is at stake, and it applies in one go.", search: "Number or reason", new: "Ask for a change", newTitle: "Ask for a change of goods",
      kind: { condition: "Condition", hold: "Stop selling", release: "Sell again", owner: "Owner", sku: "SKU", lot: "Lot" }, state: { requested: "To approve", applied: "Applied", rejected: "Rejected", cancelled: "Taken back" },
      what: "Goods", becomes: "Becomes", units: "Units", value: "Value", applied: "{{count}} applied", by: "Asked by", decided: "Decided", approve: "Approve", reject: "Reject", cancel: "Take back", approveAsk: "It applies at once: {{units}} units. What orders have got meanwhile stays.", rejectWhy: "Why it is rejected", own: "You asked for it yourself", lines: "Lines", was: "Asked for", now: "There now", done: "Applied", asked: "Waits for approval", all: "All",
      scope: "Goods by", which: "Which goods", toCondition: "New condition", toOwner: "New owner", toSku: "New SKU", toLot: "New lot", hold: "Hold that ends", onlyGood: "Only good ones", emptyTitle: "No stock changes", emptyHint: "Ask here when goods are damaged, a lot was misread, or something is called back.",
      policies: "Limits", policyHint: "Larger changes need another person's word; blank means any size goes.", maxUnits: "Units", maxValue: "Value", saved: "Limits saved",
    },
    recall: {
      title: "Recall", hint: "Where goods of a lot, a supplier or a range of serials are, who was promised them, and who has got them.", by: "By", byKind: { lot: "Lot", supplier: "Supplier", sku: "SKU", serial: "Serials" }, first: "First serial", last: "Last serial", find: "Find", export: "Export to Excel", hold: "Hold all of it", holdAsk: "From now on none of it is sold. Tell the packing tables about {{count}} units that orders have already.", held: "Held. Orders have {{count}} units already: tell the packing tables.", quarantined: "{{count}} units went into quarantine",
      kind: { location: "In the house", allocation: "Allocated", shipped: "Shipped", returned: "Came back" }, figure: { lying: "In the house", sellable: "Still sellable", allocated: "Allocated", shipped: "Shipped", returned: "Came back", orders: "Orders", customers: "Customers", parcels: "Parcels", locations: "Locations" }, order: "Order", parcel: "Parcel", waybill: "Waybill", customer: "Customer", fulfilment: "Fulfilment", where: "Where", start: "Choose what is called back", startHint: "Choose a lot, a supplier, a SKU or a range of serials to see every place and every customer.", none: "None of these goods were found", noneHint: "They never came in, or lie outside your data scope.",
    },
    kits: {
      title: "Kitting", hint: "Components become kits with a SKU of their own, or kits components again; in parts, and with undo.", search: "Number or kit", new: "New job", newTitle: "New kit job", direction: { assemble: "Put together", dismantle: "Take apart" }, state: { open: "Open", started: "Partly done", done: "Done", cancelled: "Ended" }, kit: "Kit", progress: "Done", from: "Taken from", to: "Goes to", due: "Due", do: "Book kits", doTitle: "How many are done?", doDone: "Booked", undo: "Undo", undoAsk: "The kits leave again; the components come back to their places, lots and serials.", undone: "Undone", cancel: "End job", cancelAsk: "What is done stays done; the rest is not made.", components: "Components", perKit: "In one kit", free: "Free at the place", steps: "Steps", lot: "Lot of the kits", lotHint: "Where kits are kept by lot; the number of the job if blank", serials: "Serials of the kits", emptyTitle: "No kit jobs", emptyHint: "A kit must be kept as one piece and have components in the catalogue.", all: "All", created: "Created",
    },
  },
);
