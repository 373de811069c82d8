import { addLocale } from "@/shared/i18n";

export default addLocale(
  "receiving",
  {
    asn: {
      title: "预到货通知", one: "预到货通知", search: "通知单号、对方单号、采购单、箱号", new: "新建通知", import: "导入", empty: "还没有预到货通知", emptyHint: "由供应商页面、接口或文件送来，也可手工新建。",
      lines: "明细", containers: "托盘和箱", receipts: "收货单", labels: "打印箱标", noContainers: "没有托盘或箱", makeNumbers: "生成箱号", howMany: "几个", numbersMade: "已生成 {{count}} 个箱号", receive: "开始收货", cancel: "取消通知", cancelText: "通知里的箱号可以重新通知。", edit: "修改",
      carrierLink: "承运商预约链接", supplierLink: "供应商页面链接", addLine: "加一行", remove: "删除此行",
    },
    link: {
      supplier: "供应商页面 · {{name}}", asn: "承运商预约链接 · {{name}}", carriers: "承运商链接", address: "{{name}} 的链接",
      supplierHint: "供应商用链接打开自己的页面，无需登录：确认订单、通知发货、打印标签、预约月台。一个链接只看得到一个仓库、一个货主的订单。", carrierHint: "承运商用链接预约月台、查看排队，无需登录。一个链接只对应一张预到货通知。",
      empty: "还没有链接", emptyHint: { supplier: "在下面选仓库和货主，生成链接后复制给供应商；邮件发送的采购单会自动带上链接。", asn: "生成链接后复制给承运商，由对方预约月台。", carriers: "打开一张预到货通知，点“承运商预约链接”生成。" },
      for: "仓库 · 货主", forAsn: "预到货通知 · 承运商", madeAt: "生成", usedAt: "最近打开", until: "有效至", never: "从未打开", make: "生成链接", made: "链接已生成", copy: "复制", copied: "链接已复制",
      replace: "换新地址", replaceText: "旧地址立即失效，需要把新地址发给对方。", replaceDone: "已换新地址", revoke: "收回", revokeText: "对方再也打不开这个页面；采购单邮件也不再附带链接，直到重新生成。", revokeDone: "链接已收回",
      state: { active: "有效", expired: "已过期", revoked: "已收回" },
    },
    tab: { all: "全部", announced: "已通知", receiving: "收货中", received: "已收货", cancelled: "已取消", open: "进行中", closed: "已关闭", decided: "已决定", settled: "已了结", booked: "已预约", arrived: "在门口", docked: "在月台", left: "已离开", no_show: "未到" },
    state: { asks: { open: "待处理" }, announced: "已通知", receiving: "收货中", received: "已收货", cancelled: "已取消", open: "进行中", closed: "已关闭", decided: "已决定", settled: "已了结", booked: "已预约", arrived: "在门口", docked: "在月台", left: "已离开", no_show: "未到" },
    kind: { purchase: "采购", return: "退货", other: "其他", delivery: "送货", closure: "停用", pallet: "托盘", carton: "箱" },
    origin: { desk: "手工", api: "接口", file: "文件", supplier: "供应商页面" },
    col: {
      number: "单号", state: "状态", kind: "类型", supplier: "供应商", order: "采购单", expected: "预计到货", lines: "行数", units: "件数", received: "已收", progress: "进度", warehouse: "仓库", owner: "货主", external: "对方单号", carrier: "承运商", waybill: "运单号", appointment: "预约", origin: "来源", created: "创建时间", by: "操作人", pallets: "托盘", cartons: "箱", note: "备注",
      sku: "商品", quantity: "数量", container: "容器", lot: "批次", expires: "有效期至", serials: "序列号", condition: "状态", refused: "拒收", open: "未到", document: "来源单据", place: "收货库位", differences: "差异", closed: "关闭时间", at: "时间", receipt: "收货单", found: "发现", decision: "决定", decided: "决定人", booked: "已入账", plate: "车牌", dock: "月台", planned: "预约时间", arrived: "到门口", docked: "靠台", left: "离开", waited: "等待", unloaded: "卸货", driver: "司机", detail: "说明", photos: "照片", ticket: "工单", code: "编码", name: "名称", hours: "开放时间", active: "启用", location: "库位",
    },
    rec: {
      title: "收货单", one: "收货单", search: "收货单号、通知单号、采购单号", new: "开始收货", empty: "还没有收货单", emptyHint: "从预到货通知、采购单开始，或直接盲收。", goods: "按商品", lines: "扫描明细", differences: "差异", close: "关闭收货单", closeText: "还有 {{units}} 件未到，将记为短少。", moreComes: "余货另车送来", cancel: "取消收货", cancelText: "已收的 {{units}} 件全部退回账面，货物交还司机。", undo: "撤回", undone: "已撤回", blind: "盲收", blindHint: "不显示应收数量", source: "收什么", bySource: { asn: "预到货通知", order: "采购单", none: "无单据" }, scanHere: "扫描或输入商品条码", quantity: "数量", damaged: "破损", booked: "{{units}} 件已收", left: "{{units}} 件留在门口", finished: "已关闭，{{count}} 项差异", nothing: "还没有扫描", goodsEmpty: "还没有收货", onward: "收货之后", toInspect: "待检 {{units}} 件", rejected: "不合格 {{units}} 件", crossdock: "越库", putaway: "上架", ofUnits: "{{done}} / {{units}} 件", stuck: "无库位 {{units}} 件",
    },
    dis: { title: "收货差异", search: "商品编码、条码、收货单号", empty: "没有收货差异", emptyHint: "短少、超收、破损、错货、过期等都会出现在这里。", accept: "接受", refuse: "拒收退回", return: "退供应商", ticket: "开工单", settle: "货已离开", note: "说明", unknown: "未知商品", inHouse: "在库内", outside: "未入库", expected: "应收 {{expected}}，实收 {{received}}", open: "待处理", life: "剩余 {{days}} 天", since: "已过期 {{days}} 天", wanted: "至少 {{days}} 天", ended: "采购单 {{order}} 已结束" },
    diskind: { short: "短少", over: "超收", damaged: "破损", wrong_item: "错货", unannounced: "未通知", expired: "过期", short_life: "效期不足", held: "批次冻结" },
    decision: { accept: "接受", refuse: "拒收", return: "退供应商", ticket: "开工单" },
    condition: { good: "良品", damaged: "残次", quarantine: "隔离", returned: "退货", expired: "过期" },
    dock: {
      title: "月台预约", hint: "每个月台同一时间只接一辆车。", day: "日期", today: "今天", before: "前一天", after: "后一天", book: "预约", walkIn: "无预约到车", queue: "排队车辆", queueEmpty: "门口没有车", free: "空闲", noDocks: "还没有月台", noDocksHint: "先在收货规则里添加月台和开放时间。", toPolicy: "添加月台", pickWarehouse: "请先选择仓库", pickWarehouseHint: "在顶部选择一个仓库。", minutes: "分钟", time: "时间", slot: "空闲时段", noSlots: "这一天没有空闲时段", closed: "停用月台", closedHint: "停用期间不接车", times: "等待与卸货", last: "近 {{days}} 天", arrivedCount: "到车", late: "迟到", noShows: "未到", waiting: "平均等待", p90: "九成等待不超过", unloading: "平均卸货", min: "分钟", partner: "来车方", byDay: "按天", byPartner: "按来车方", list: "列表", board: "看板", kpiFinding: "平均等待 {{wait}} 分钟，卸货 {{unload}} 分钟", waitingNow: "已等 {{minutes}} 分钟",
    },
    app: { one: "预约", title: "预约记录", search: "预约号、车牌、通知单号", empty: "还没有预约", emptyHint: "供应商可在自己的页面预约，也可在月台页预约。", arrive: "车到门口", toDock: "靠台", leave: "车已离开", noShow: "未到", cancel: "取消预约", move: "改时间", asns: "预到货通知", receipts: "收货单", self: "对方自助预约", phone: "电话", chooseDock: "选择月台", taken: "有车" },
    pol: {
      title: "收货规则", hint: "最具体的规则生效：商品优先于供应商，供应商优先于货主。", rules: "门口收什么", add: "新增规则", edit: "修改规则", drop: "删除", dropText: "删除后由下一条规则决定。", everybody: "全部", inherits: "同上一级", blind: "盲收", over: "允许超收 %", overAction: "超出部分", unannounced: "未通知的货", life: "最少剩余效期 %", shortLife: "效期不足", expired: "过期", held: "冻结批次",
      action: { refuse: "留在门口", quarantine: "收入隔离", accept: "收下并记录" }, yes: "是", no: "否", subject: "适用", defaults: "默认",
      docks: "月台", addDock: "新增月台", editDock: "修改月台 {{code}}", noDocks: "还没有月台", weekdays: "开放日", opens: "开", closes: "关", days: { "1": "周一", "2": "周二", "3": "周三", "4": "周四", "5": "周五", "6": "周六", "7": "周日" },
      times: "卸货时长与每日上限", save: "保存", saved: "已保存", base: "基础（分钟）", perPallet: "每托盘（秒）", perCarton: "每箱（秒）", perLine: "每行（秒）", step: "时段（分钟）", max: "最长（分钟）", dailyAppointments: "每日车次上限", dailyPallets: "每日托盘上限", dailyUnits: "每日件数上限", lead: "对方至少提前（小时）", horizon: "对方最多提前（天）", noShow: "迟到多久算未到（分钟）",
      sscc: "箱号（SSCC）", ssccHint: "GS1 分配的厂商识别代码，用来生成托盘和箱的 SSCC 标签。", prefix: "厂商识别代码", extension: "扩展位", next: "下一个序号", house: "全部货主", setPrefix: "设置",
    },
    need: "请填写{{label}}",
    minutes: "{{count}} 分钟",
  },
  {
    asn: {
      title: "Announcements", one: "Announcement", search: "Number, sender's number, order, carton", new: "New announcement", import: "Import", empty: "No announcements yet", emptyHint: "They come from the supplier's page, the API or a file, or are entered here.",
      lines: "Lines", containers: "Pallets and cartons", receipts: "Receipts", labels: "Print labels", noContainers: "No pallets or cartons", makeNumbers: "Make numbers", howMany: "How many", numbersMade: "{{count}} numbers made", receive: "Receive", cancel: "Cancel announcement", cancelText: "Its carton numbers can be announced again.", edit: "Change",
      carrierLink: "Booking link for the carrier", supplierLink: "Supplier's page", addLine: "Add a line", remove: "Remove this line",
    },
    link: {
      supplier: "Supplier's page · {{name}}", asn: "Booking link for the carrier · {{name}}", carriers: "Carriers' links", address: "Link of {{name}}",
      supplierHint: "With a link a supplier opens a page of its own, without a login: confirms orders, announces deliveries, prints labels, books docks. A link shows the orders of one warehouse and owner only.", carrierHint: "With a link a carrier books a dock and sees the queue, without a login. A link is good for one announcement only.",
      empty: "No links yet", emptyHint: { supplier: "Choose warehouse and owner below, make a link and pass it on; orders that are sent by mail name it by themselves.", asn: "Make a link and pass it on to the carrier, who then books the dock.", carriers: "Open an announcement and press “Booking link for the carrier”." },
      for: "Warehouse · owner", forAsn: "Announcement · carrier", madeAt: "Made", usedAt: "Last opened", until: "Valid until", never: "never", make: "Make a link", made: "The link is made", copy: "Copy", copied: "Link copied",
      replace: "New address", replaceText: "The present address stops working at once; pass the new one on.", replaceDone: "It has a new address", revoke: "Revoke", revokeText: "The page does not open any more, and mails with orders name it no longer, until a link is made again.", revokeDone: "The link is revoked",
      state: { active: "Works", expired: "Expired", revoked: "Revoked" },
    },
    tab: { all: "All", announced: "Announced", receiving: "Being received", received: "Received", cancelled: "Cancelled", open: "Open", closed: "Closed", decided: "Decided", settled: "Settled", booked: "Booked", arrived: "At the gate", docked: "At the dock", left: "Left", no_show: "Did not come" },
    state: { asks: { open: "To decide" }, announced: "Announced", receiving: "Being received", received: "Received", cancelled: "Cancelled", open: "Open", closed: "Closed", decided: "Decided", settled: "Settled", booked: "Booked", arrived: "At the gate", docked: "At the dock", left: "Left", no_show: "Did not come" },
    kind: { purchase: "Purchase", return: "Return", other: "Other", delivery: "Delivery", closure: "Closed", pallet: "Pallet", carton: "Carton" },
    origin: { desk: "By hand", api: "API", file: "File", supplier: "Supplier's page" },
    col: {
      number: "Number", state: "State", kind: "Kind", supplier: "Supplier", order: "Purchase order", expected: "Expected", lines: "Lines", units: "Units", received: "Received", progress: "Progress", warehouse: "Warehouse", owner: "Owner", external: "Their number", carrier: "Carrier", waybill: "Waybill", appointment: "Appointment", origin: "Source", created: "Created", by: "By", pallets: "Pallets", cartons: "Cartons", note: "Note",
      sku: "SKU", quantity: "Quantity", container: "Container", lot: "Lot", expires: "Expires", serials: "Serials", condition: "Condition", refused: "Refused", open: "Open", document: "Document", place: "Booked to", differences: "Differences", closed: "Closed", at: "At", receipt: "Receipt", found: "Found", decision: "Decision", decided: "Decided by", booked: "Booked", plate: "Plate", dock: "Dock", planned: "Planned", arrived: "At the gate", docked: "At the dock", left: "Left", waited: "Waited", unloaded: "Unloaded", driver: "Driver", detail: "Detail", photos: "Photos", ticket: "Ticket", code: "Code", name: "Name", hours: "Hours", active: "In use", location: "Location",
    },
    rec: {
      title: "Receipts", one: "Receipt", search: "Receipt, announcement or order number", new: "Receive", empty: "No receipts yet", emptyHint: "Begin from an announcement or an order, or receive blind.", goods: "By SKU", lines: "Scans", differences: "Differences", close: "Close the receipt", closeText: "{{units}} units have not come and will be short.", moreComes: "The rest comes with another truck", cancel: "Cancel the receipt", cancelText: "All {{units}} units are taken back out of the books; the goods go back to the driver.", undo: "Take back", undone: "Taken back", blind: "Blind", blindHint: "Expected quantities are hidden", source: "What is received", bySource: { asn: "Announcement", order: "Purchase order", none: "No document" }, scanHere: "Scan or enter a barcode", quantity: "Quantity", damaged: "Damaged", booked: "{{units}} units taken", left: "{{units}} units left at the door", finished: "Closed with {{count}} differences", nothing: "Nothing scanned yet", goodsEmpty: "Nothing received yet", onward: "From here on", toInspect: "{{units}} units to inspect", rejected: "{{units}} units rejected", crossdock: "Cross-docking", putaway: "Put away", ofUnits: "{{done}} of {{units}}", stuck: "{{units}} units without a place",
    },
    dis: { title: "Differences", search: "SKU, barcode, receipt", empty: "No differences", emptyHint: "Short, over, damaged, wrong or expired goods appear here.", accept: "Accept", refuse: "Refuse", return: "Return to supplier", ticket: "Open a ticket", settle: "Goods have left", note: "Note", unknown: "Unknown item", inHouse: "In the house", outside: "Not booked", expected: "{{expected}} expected, {{received}} received", open: "To decide", life: "{{days}} days left", since: "expired {{days}} days ago", wanted: "{{days}} days wanted", ended: "Order {{order}} has ended" },
    diskind: { short: "Short", over: "Over", damaged: "Damaged", wrong_item: "Wrong item", unannounced: "Not announced", expired: "Expired", short_life: "Too little life", held: "Lot held" },
    decision: { accept: "Accepted", refuse: "Refused", return: "Returned", ticket: "Ticket" },
    condition: { good: "Good", damaged: "Damaged", quarantine: "Quarantine", returned: "Returned", expired: "Expired" },
    dock: {
      title: "Docks", hint: "One truck at a dock at a time.", day: "Day", today: "Today", before: "Day before", after: "Day after", book: "Book", walkIn: "Truck without appointment", queue: "Trucks waiting", queueEmpty: "No truck at the gate", free: "Free", noDocks: "No docks yet", noDocksHint: "Add docks and their hours in the receiving rules first.", toPolicy: "Add a dock", pickWarehouse: "Choose a warehouse", pickWarehouseHint: "Choose one in the top bar.", minutes: "Minutes", time: "Time", slot: "Free time", noSlots: "No free time on this day", closed: "Close a dock", closedHint: "No truck is taken meanwhile", times: "Waiting and unloading", last: "Last {{days}} days", arrivedCount: "Trucks", late: "Late", noShows: "Did not come", waiting: "Mean wait", p90: "9 of 10 waited at most", unloading: "Mean unloading", min: "min", partner: "Partner", byDay: "By day", byPartner: "By partner", list: "List", board: "Board", kpiFinding: "Trucks waited {{wait}} and unloaded {{unload}} minutes", waitingNow: "{{minutes}} min waiting",
    },
    app: { one: "Appointment", title: "Appointments", search: "Number, plate, announcement", empty: "No appointments yet", emptyHint: "Suppliers book on their page; people book on the docks page.", arrive: "At the gate", toDock: "To a dock", leave: "Has left", noShow: "Did not come", cancel: "Cancel appointment", move: "Move", asns: "Announcements", receipts: "Receipts", self: "Booked by the partner", phone: "Phone", chooseDock: "Choose a dock", taken: "taken" },
    pol: {
      title: "Receiving rules", hint: "The most specific rule holds: SKU before supplier before owner.", rules: "What is taken in at the door", add: "New rule", edit: "Change rule", drop: "Delete", dropText: "The next rule then says what holds.", everybody: "All", inherits: "As the next rule", blind: "Blind", over: "Over-delivery allowed %", overAction: "Beyond that", unannounced: "Not announced", life: "Least life left %", shortLife: "Too little life", expired: "Expired", held: "Held lots",
      action: { refuse: "Leave at the door", quarantine: "Take into quarantine", accept: "Take in and note it" }, yes: "Yes", no: "No", subject: "For", defaults: "Default",
      docks: "Docks", addDock: "New dock", editDock: "Change dock {{code}}", noDocks: "No docks yet", weekdays: "Days", opens: "Opens", closes: "Closes", days: { "1": "Mo", "2": "Tu", "3": "We", "4": "Th", "5": "Fr", "6": "Sa", "7": "Su" },
      times: "Unloading times and daily limits", save: "Save", saved: "Saved", base: "Base (min)", perPallet: "Per pallet (s)", perCarton: "Per carton (s)", perLine: "Per line (s)", step: "Step (min)", max: "Longest (min)", dailyAppointments: "Trucks a day", dailyPallets: "Pallets a day", dailyUnits: "Units a day", lead: "Partners book ahead at least (h)", horizon: "Partners book ahead at most (days)", noShow: "No-show after (min)",
      sscc: "Carton numbers (SSCC)", ssccHint: "The GS1 company prefix that pallet and carton numbers are made from.", prefix: "Company prefix", extension: "Extension digit", next: "Next serial", house: "All owners", setPrefix: "Set",
    },
    need: "Enter {{label}}",
    minutes: "{{count}} min",
  },
);
