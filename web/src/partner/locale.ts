/** The words of the page of suppliers and carriers; small on purpose, as the buyer's page is. */

const zh = {
  title: "供应商与承运商", loading: "正在读取…", lost: "这个链接打不开", lostHint: "链接可能已过期，或已被收回。请向仓库或采购联系人索取新的链接。", offline: "网络不通，请稍后再试。", retry: "重试", language: "English",
  to: "送往", from: "发货方", contact: "仓库联系人：{c}", zone: "时间为仓库所在地时间（{z}）。", close: "关闭", cancel: "返回", saved: "已保存。",
  tabs: { orders: "订单", announce: "发货通知", deliveries: "到货预约" },
  toAnswer: "{n} 张待确认", noOrders: "没有未完成的订单。", noOrdersHint: "仓库发来新订单后会显示在这里。", ordered: "{d} 下单", orderNote: "备注：{n}", paper: "订单 PDF", answer: "确认订单", change: "修改答复", partly: "已收 {r} / {q}",
  orderState: { waits: "待确认", changed: "有变更，请重新确认", confirmed: "已确认", receiving: "部分到货" },
  line: "第 {n} 行", asked: "要 {q} {u}", askedBy: "，{d}前", promised: "已答复 {q} {u}", promisedBy: "，{d}",
  confirmTitle: "确认 {n}", confirmHint: "逐行填写您能交付的数量和到货日期；不能交付的填 0。", units: "数量", on: "到货日期", theirNumber: "贵方订单号（选填）", confirm: "确认", confirmed: "{n} 已确认。", less: "比订单少 {n}",
  announceHint: "填写本次发货的数量，没有的留空。", noLines: "没有可以发货的订单行。", noLinesHint: "全部订单都已通知或已到货。", search: "按订单号、商品编码或名称查找", openUnits: "待发 {q} {u}", announcedUnits: "已通知 {q}", due: "要求 {d} 到", all: "全部", quantity: "本次数量", cartons: "箱数", cartonsHint: "每箱一个箱码，可打印标签", lot: "批次", produced: "生产日期", expires: "有效期至", serials: "序列号（选填）", serialsHint: "每行一个，可直接粘贴；填写时数量须与本次数量一致。", serialCount: "序列号 {n} 个，本次数量 {q}。", serialTwice: "第 {r} 行：序列号 {s} 重复。", another: "再加一个批次", remove: "去掉", more: "比订单多 {n}，仓库可能拒收多出的部分。",
  delivery: "发货信息", expectedAt: "预计到达", externalNumber: "贵方送货单号（选填）", carrier: "承运商", waybill: "运单号", pallets: "托盘数", note: "备注", announce: "发送通知", announceCount: "发送通知（{n} 行，{q} 件）", nothing: "请至少填写一行的数量。", announced: "已通知仓库：{n}。现在可以打印标签、预约月台。", match: "没有符合的订单行。",
  noDeliveries: "还没有发货通知。", noDeliveriesHint: "先在“发货通知”里填写要发的货。", goneHint: "这次到货已取消或已结束，不用再预约。", gone: "没有要预约的到货",
  state: { announced: "已通知", receiving: "收货中", received: "已收货" },
  load: "{u} 件", cartonCount: "{n} 箱", palletCount: "{n} 托", received: "已收 {r} / {q} 件", yours: "贵方单号 {n}",
  booked: "已预约", dock: "月台 {d}", noTime: "还没有预约卸货时间", book: "预约月台", move: "修改预约", unbook: "取消预约", withdraw: "撤回通知", labels: "打印标签", makeLabels: "生成箱码", labelCount: "要多少张标签", labelKind: "贴在", carton: "箱", pallet: "托盘", make: "生成", made: "已生成 {n} 个箱码，可以打印。",
  queue: { booked: "请按时到达。", ahead: "已到门口排队，前面还有 {n} 辆车。", next: "已到门口排队，下一辆就是您。", docked: "正在月台 {d} 卸货。", left: "车辆已离开。", no_show: "没有按时到达，时间已让出。请重新预约。" },
  bookTitle: "预约 {n}", pick: "选择日期", free: "可选时间（约 {m} 分钟）", full: "这一天没有空位，请换一天。", nextDay: "看下一天：{d}", lead: "需提前 {h} 小时预约。", plate: "车牌号", driver: "司机姓名", phone: "司机手机", driverHint: "只用于门口登记，加密保存。", bookIt: "确定预约", moveIt: "确定修改", timeFirst: "请先选择时间。", bookDone: "预约成功：{t}，月台 {d}。", unbookSure: "取消 {t} 的预约？", unbookDone: "预约已取消。", withdrawSure: "撤回 {n}？已打印的标签作废。", withdrawDone: "{n} 已撤回。", yes: "确定", keepDriver: "留空则不变",
};
export type Words = typeof zh;

const en: Words = {
  title: "Suppliers and carriers", loading: "Reading…", lost: "This link does not open", lostHint: "It may have expired or been withdrawn. Ask your contact at the warehouse for a new one.", offline: "No connection. Try again in a moment.", retry: "Try again", language: "中文",
  to: "To", from: "From", contact: "Contact at the warehouse: {c}", zone: "Times are those of the warehouse ({z}).", close: "Close", cancel: "Back", saved: "Saved.",
  tabs: { orders: "Orders", announce: "Announce", deliveries: "Deliveries" },
  toAnswer: "{n} to confirm", noOrders: "No open orders.", noOrdersHint: "New orders of the warehouse will show up here.", ordered: "ordered {d}", orderNote: "Note: {n}", paper: "Order as PDF", answer: "Confirm order", change: "Change answer", partly: "{r} of {q} received",
  orderState: { waits: "To confirm", changed: "Changed, confirm again", confirmed: "Confirmed", receiving: "Partly delivered" },
  line: "Line {n}", asked: "{q} {u} wanted", askedBy: " by {d}", promised: "{q} {u} confirmed", promisedBy: " for {d}",
  confirmTitle: "Confirm {n}", confirmHint: "Say for each line how many you deliver, and on which day; 0 for none.", units: "Quantity", on: "Delivery day", theirNumber: "Your order number (optional)", confirm: "Confirm", confirmed: "{n} is confirmed.", less: "{n} less than ordered",
  announceHint: "Enter what is in this delivery; leave the rest empty.", noLines: "Nothing is left to be announced.", noLinesHint: "Everything you were asked for is announced or delivered.", search: "Order, article or name", openUnits: "{q} {u} to come", announcedUnits: "{q} announced", due: "due {d}", all: "All", quantity: "In this delivery", cartons: "Cartons", cartonsHint: "Each gets a number and a label", lot: "Lot", produced: "Made on", expires: "Best before", serials: "Serial numbers (optional)", serialsHint: "One on each line, pasted as they are; as many as units.", serialCount: "{n} {n|serial|serials} for {q} {q|unit|units}.", serialTwice: "Row {r}: serial {s} is named twice.", another: "Another lot", remove: "Remove", more: "{n} more than ordered: the warehouse may refuse them.",
  delivery: "Delivery", expectedAt: "Expected arrival", externalNumber: "Your delivery note number (optional)", carrier: "Carrier", waybill: "Waybill number", pallets: "Pallets", note: "Note", announce: "Announce", announceCount: "Announce ({n} {n|line|lines}, {q} {q|unit|units})", nothing: "Enter the quantity of at least one line.", announced: "The warehouse knows of {n}. You can print labels and book a dock now.", match: "No line matches.",
  noDeliveries: "Nothing announced yet.", noDeliveriesHint: "Enter what you send under “Announce” first.", goneHint: "This delivery was cancelled or has ended; there is nothing to book.", gone: "Nothing to book",
  state: { announced: "Announced", receiving: "Being received", received: "Received" },
  load: "{u} {u|unit|units}", cartonCount: "{n} {n|carton|cartons}", palletCount: "{n} {n|pallet|pallets}", received: "{r} of {q} units received", yours: "Your number {n}",
  booked: "Booked", dock: "Dock {d}", noTime: "No unloading time booked", book: "Book a dock", move: "Change booking", unbook: "Give time back", withdraw: "Withdraw", labels: "Print labels", makeLabels: "Make labels", labelCount: "How many labels", labelKind: "For", carton: "Cartons", pallet: "Pallets", make: "Make", made: "{n} {n|number|numbers} made; print the labels.",
  queue: { booked: "Please come on time.", ahead: "At the gate, {n} {n|truck|trucks} before you.", next: "At the gate; you are next.", docked: "Being unloaded at dock {d}.", left: "The truck has left.", no_show: "The truck did not come and the time was given away. Book again." },
  bookTitle: "Book for {n}", pick: "Day", free: "Free times (about {m} minutes)", full: "Nothing is free on this day. Choose another one.", nextDay: "Next day: {d}", lead: "Book at least {h} hours ahead.", plate: "Number plate", driver: "Driver's name", phone: "Driver's phone", driverHint: "Only for the gate; stored encrypted.", bookIt: "Book", moveIt: "Change", timeFirst: "Choose a time first.", bookDone: "Booked: {t}, dock {d}.", unbookSure: "Give back {t}?", unbookDone: "The time is given back.", withdrawSure: "Withdraw {n}? Printed labels become void.", withdrawDone: "{n} is withdrawn.", yes: "Yes", keepDriver: "Left empty: unchanged",
};

export type Language = "zh-CN" | "en";
const KEY = "hecang.partner.language";

export function initialLanguage(): Language {
  const saved = localStorage.getItem(KEY);
  if (saved === "zh-CN" || saved === "en") return saved;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}

export function wordsOf(language: Language): Words {
  return language === "zh-CN" ? zh : en;
}

/** `fill("Order {n}, {c} {c|carton|cartons}", { n: 7, c: 1 })`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text
    .replace(/\{(\w+)\|([^|}]*)\|([^|}]*)\}/g, (_all, name: string, one: string, many: string) => (Number(values[name]) === 1 ? one : many))
    .replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
