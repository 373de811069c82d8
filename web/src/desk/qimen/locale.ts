import { addLocale } from "@/shared/i18n";

export default addLocale(
  "qimen",
  {
    title: "奇门对接", hint: "与 ERP 或外部仓库按奇门协议对接：连接、单据、收到与发出的报文。",
    page: { connections: "连接", documents: "单据", messages: "收到的报文", sendings: "发出的报文" },
    col: { status: "状态", name: "连接", role: "我方角色", lastOk: "最近成功", waiting: "待处理", error: "最近错误", method: "接口", document: "单据", state: "状态", code: "代码", message: "说明", repeats: "重复次数", received: "收到", key: "outBizCode", tries: "次数", created: "生成", next: "下次", done: "送达", kind: "种类", type: "类型", warehouse: "仓库", planned: "计划", actual: "实际", item: "商品", remark: "备注", outside: "对方单号", order: "订单", ours: "我方", theirs: "对方" },
    status: { ok: "正常", warning: "需要关注", failing: "异常", off: "已停用" },
    kind: { delivery: "发货单", stockout: "其他出库", entry: "入库单", return: "退货入库单" },
    state: { done: "完成", partial: "等待其余部分", failed: "被拒绝", pending: "待发送", refused: "对方拒绝", open: "未开始", partly: "部分完成", cancelled: "已取消", receive: "待收货", all: "全部" },
    queue: { pending: "{{count}} 条待发送", refused: "{{count}} 条被拒绝", none: "无" },
    never: "还没有", add: "新建连接", edit: "设置", on: "启用", off: "停用", check: "测试连接", checkOk: "连接正常", checkFailed: "连接失败：{{message}}", done: "已保存", address: "我方接收地址", addressHint: "在奇门或对方系统里登记为服务地址。更换后旧地址立即失效。", newAddress: "更换地址", compare: "核对库存", compareNone: "两边库存一致", compareTitle: "库存差异",
    form: { new: "新的奇门连接", connector: "对方是", name: "名称", settings: "参数" },
    receive: { title: "收货", units: "本次良品", damaged: "本次残品", lot: "批次", expires: "有效期", location: "良品库位", locationHint: "留空则放到收货月台（退货放到退货区）", final: "收货完成，不再有货", save: "确认收货并回传", saved: "已收货，结果将回传给 ERP", nothing: "请填写至少一行的数量" },
    action: { resend: "重新发送" }, search: "单据编号", searchSending: "单据编号或 outBizCode", filter: { connection: "连接", kind: "种类" },
    empty: { connections: "还没有奇门连接", connectionsHint: "连接后，ERP 的单据自动进来，发货与收货自动回传。", documents: "没有单据", documentsHint: "ERP 下发的入库、退货、发货单会出现在这里。", messages: "没有收到报文", messagesHint: "对方发来的报文和处理结果会出现在这里。", sendings: "没有发出的报文", sendingsHint: "回传给对方的报文会出现在这里。" },
  },
  {
    title: "Qimen", hint: "Work with ERPs and outside warehouses by the Qimen protocol: connections, documents, messages both ways.",
    page: { connections: "Connections", documents: "Documents", messages: "Received", sendings: "Sent" },
    col: { status: "Status", name: "Connection", role: "We are", lastOk: "Last success", waiting: "Waiting", error: "Last error", method: "Method", document: "Document", state: "State", code: "Code", message: "Message", repeats: "Repeated", received: "Received", key: "outBizCode", tries: "Tries", created: "Created", next: "Next try", done: "Arrived", kind: "Kind", type: "Type", warehouse: "Warehouse", planned: "Planned", actual: "Actual", item: "Item", remark: "Remark", outside: "Their number", order: "Order", ours: "Ours", theirs: "Theirs" },
    status: { ok: "Fine", warning: "Needs a look", failing: "Failing", off: "Off" },
    kind: { delivery: "Delivery order", stockout: "Stock-out order", entry: "Entry order", return: "Return order" },
    state: { done: "Done", partial: "Waits for parts", failed: "Refused", pending: "To send", refused: "Refused there", open: "Open", partly: "Partly done", cancelled: "Cancelled", receive: "To receive", all: "All" },
    queue: { pending: "{{count}} to send", refused: "{{count}} refused", none: "None" },
    never: "None yet", add: "New connection", edit: "Settings", on: "Switch on", off: "Switch off", check: "Test it", checkOk: "The connection works", checkFailed: "It does not work: {{message}}", done: "Saved", address: "Our address", addressHint: "Register it as the service address at Qimen or in the other system. A new one makes this one worthless at once.", newAddress: "New address", compare: "Compare stock", compareNone: "Both sides have the same stock", compareTitle: "Stock that differs",
    form: { new: "New Qimen connection", connector: "The other side", name: "Name", settings: "Settings" },
    receive: { title: "Receive", units: "Good units now", damaged: "Damaged now", lot: "Lot", expires: "Expires", location: "Location of good units", locationHint: "Empty: the dock, or the returns area for returns", final: "Nothing more will come", save: "Receive and tell the ERP", saved: "Received; the ERP will be told", nothing: "Enter a quantity in at least one line" },
    action: { resend: "Send again" }, search: "Document code", searchSending: "Document code or outBizCode", filter: { connection: "Connection", kind: "Kind" },
    empty: { connections: "No Qimen connection", connectionsHint: "Then an ERP's documents come in, and shipments and receipts are told, by themselves.", documents: "No documents", documentsHint: "Entry, return and delivery orders of ERPs show here.", messages: "Nothing received", messagesHint: "Messages of the other side, and what became of them, show here.", sendings: "Nothing sent", sendingsHint: "What the other side is told shows here." },
  },
);
