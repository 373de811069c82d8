import { addLocale } from "@/shared/i18n";

export default addLocale(
  "tracking",
  {
    board: {
      title: "物流跟踪", hint: "停滞和丢失按每条线路的历史时效判断；点开一行看轨迹和原因。", search: "运单号、包裹号", empty: "没有在途包裹", emptyHint: "交接给承运商后，包裹会出现在这里。", lanes: "线路时效", parcels: "在途包裹", byCarrier: "近 30 天",
      tab: { all: "全部", troubled: "异常", late: "已超承诺", stalled: "停滞", lost: "疑似丢失", returned: "退回", refused: "拒收", damaged: "破损", delivered: "已签收" },
    },
    status: { created: "待揽收", picked_up: "已揽收", in_transit: "运输中", customs: "清关中", out_for_delivery: "派送中", at_pickup_point: "待取件", delivered: "已签收", attempt_failed: "派送失败", exception: "问题件", returning: "退回中", returned: "已退回", cancelled: "已取消", unknown: "暂无轨迹" },
    trouble: { stalled: "停滞", lost: "疑似丢失", returned: "退回", refused: "拒收", damaged: "破损" },
    col: {
      waybill: "运单号", parcel: "包裹号", carrier: "承运商", service: "承运产品", warehouse: "仓库", region: "地区", status: "物流状态", lastScan: "最后轨迹", handed: "交接", promised: "承诺送达", expected: "预计送达", delivered: "签收", trouble: "异常", reason: "原因",
      samples: "样本", p50: "半数在", p80: "八成在", p95: "95% 在", onTime: "准时率", loss: "丢损率", returns: "退回率", shipped: "发出", late: "超时", troubled: "异常",
    },
    late: "已超承诺", none: "—", allWarehouses: "全部仓库", allRegions: "全国", hours: "{{value}} 小时", days: "{{value}} 天", percent: "{{value}}%",
    lanes: { title: "线路时效", hint: "从交接到签收，近 90 天自己的包裹；样本不足的线路看上一级。", empty: "还没有可学习的线路", emptyHint: "有包裹签收之后，每晚自动计算。", measure: "立即重算", measured: "已重算 {{count}} 条线路" },
    way: {
      title: "物流轨迹", none: "还没有轨迹", noneHint: "包裹交接给承运商后开始跟踪。", refresh: "立即查询", stop: "拦截退回", stopTitle: "拦截 {{number}}", stopText: "通知承运商停止派送并退回。能否拦下由承运商决定，结果显示在轨迹里。", stopReason: "原因", stopped: "已通知承运商", asked: "已查询",
      nextPull: "下次查询", subscribed: "承运商推送", stallAt: "视为停滞", attempts: "派送失败 {{count}} 次", errand: { cancel: "通知取消运单", intercept: "通知拦截退回", subscribe: "订阅轨迹" }, errandState: { waiting: "等待承运商回应", done: "承运商已接受", refused: "承运商拒绝" }, source: { pull: "查询", push: "推送" },
    },
    bills: {
      title: "运费对账", hint: "导入承运商账单，逐单与我们的运单和运价比对；差异接受或拒付后关账。", import: "导入账单", empty: "还没有账单", emptyHint: "在导入中心选“承运商账单”，一份文件一张账单。", number: "账单号", search: "账单号开头", lines: "行数", billed: "账单金额", difference: "差异", undecided: "待处理", created: "导入时间",
      state: { open: "对账中", closed: "已关账" }, tab: { open: "对账中", closed: "已关账", all: "全部" },
      reconcile: "重新比对", reconciled: "已按当前运单和运价重新比对", close: "关账", closeText: "关账后不能再改；一致的行视为接受。", closed: "已关账", accept: "接受", dispute: "拒付", reopen: "撤回", acceptAll: "全部接受", disputeAll: "全部拒付", note: "备注", decided: "已处理 {{count}} 行", allOf: "所有“{{verdict}}”的未处理行", chosen: "已选 {{count}} 行",
      verdict: { all: "全部", pending: "未比对", matched: "一致", weight: "重量不符", price: "价格不符", unknown: "未知运单", double: "重复计费", not_ours: "非本商发运" }, decision: { open: "待处理", accepted: "接受", disputed: "拒付" },
      row: "行", theirWeight: "账单重量", ourWeight: "我方计费重", theirPrice: "账单价", surcharge: "附加费", ourPrice: "我方价", atTheirs: "按其重量", searchLine: "运单号", emptyLines: "没有这样的行", lineDiff: "差异",
    },
    policy: {
      title: "选快递规则", hint: "先满足承诺时效，再按规则选；店铺的规则优先于货主的，再到默认。每张发货单都能看到为什么选了它。", new: "新建规则", edit: "修改规则", scope: "适用", all: "其余全部", shop: "店铺", owner: "货主", ofShop: "店铺 {{name}}", ofOwner: "货主 {{name}}", rule: "规则", detail: "参数", empty: "还没有规则", emptyHint: "没有规则时：能守承诺的最便宜产品。", remove: "删除规则", removeText: "更宽的规则重新生效。",
      rules: { cheapest_in_time: "守承诺中最便宜", fastest_under: "限价内最快", preferred: "优先指定，其次最便宜", weighted: "价格、速度、可靠性加权" }, ruleHint: { cheapest_in_time: "承诺之内选最便宜；都赶不上时选最快。", fastest_under: "不超过限价时选最快；都超过时选最便宜。", preferred: "按顺序选能到的；都不能到时选最便宜。", weighted: "按权重打分，分低者优先。" },
      maxPrice: "限价", preferred: "优先产品（按顺序）", wPrice: "价格权重", wSpeed: "速度权重", wReliability: "可靠性权重", upTo: "≤ {{price}}", weights: "价 {{price}} · 速 {{speed}} · 稳 {{reliability}}",
      silence: "停滞与丢失", silenceHint: "超过本线路 95% 包裹的下一次扫描时间 × 倍数，仍无轨迹即为停滞；限在最少与最多小时之间。", service: "承运产品", others: "其余产品", percent: "倍数", least: "最少（小时）", most: "最多（小时）", lostDays: "视为丢失（天）", newSilence: "单独设置产品", editSilence: "停滞与丢失", percentHint: "百分比：150 即 1.5 倍。",
    },
    links: {
      title: "承运商对接", hint: "连接承运商系统后，运单号向承运商下单，轨迹自动查询。", new: "新建连接", edit: "修改连接", name: "名称", connector: "接口", serves: "服务的承运商", state: "状态", lastOk: "最近成功", empty: "还没有承运商连接", emptyHint: "没有连接时，运单号来自录入的号段，轨迹不自动更新。", check: "测试", checkOk: "连接正常", checkFailed: "连接失败：{{message}}", on: "启用", off: "停用", turnOn: "启用", turnOff: "停用", push: "推送地址", pushHint: "在承运商后台把轨迹推送到这个地址。", none: "没有安装承运商接口",
      carriers: "服务的承运商", carriersHint: "一个承运商只由一个连接下单、一个连接查轨迹；在这里勾选会替换原来的连接。", ships: "下单取号", tracks: "查询轨迹", code: "接口里的代码", codeHint: "聚合查询接口需要，如 shunfeng", add: "添加承运商", saved: "已保存", settings: "接口参数", status: { ok: "正常", warning: "注意", failing: "失败", off: "停用" },
    },
    choice: { title: "为什么选这个快递", price: "运费", arrives: "预计到达", keeps: "守承诺", late: "赶不上", onTime: "准时率", trouble: "丢损", lead: "时效", source: { measured: "实测", configured: "设定", service: "产品时效" } },
  },
  {
    board: {
      title: "Tracking", hint: "Stalled and lost parcels are told by what their lane took before; open a row for its way and the reason.", search: "Waybill or parcel", empty: "Nothing is on its way", emptyHint: "Parcels show here once a carrier has taken them.", lanes: "Lanes", parcels: "Parcels", byCarrier: "Last 30 days",
      tab: { all: "All", troubled: "In trouble", late: "Past promise", stalled: "Stalled", lost: "Seem lost", returned: "Coming back", refused: "Refused", damaged: "Damaged", delivered: "Delivered" },
    },
    status: { created: "To be picked up", picked_up: "Picked up", in_transit: "In transit", customs: "At customs", out_for_delivery: "Out for delivery", at_pickup_point: "At pick-up point", delivered: "Delivered", attempt_failed: "Delivery failed", exception: "Exception", returning: "Coming back", returned: "Returned", cancelled: "Cancelled", unknown: "No news" },
    trouble: { stalled: "Stalled", lost: "Seems lost", returned: "Coming back", refused: "Refused", damaged: "Damaged" },
    col: {
      waybill: "Waybill", parcel: "Parcel", carrier: "Carrier", service: "Service", warehouse: "Warehouse", region: "Region", status: "Status", lastScan: "Last scan", handed: "Handed over", promised: "Promised", expected: "Expected", delivered: "Delivered", trouble: "Trouble", reason: "Reason",
      samples: "Samples", p50: "Half within", p80: "80 % within", p95: "95 % within", onTime: "On time", loss: "Lost, damaged", returns: "Returned", shipped: "Shipped", late: "Late", troubled: "In trouble",
    },
    late: "Past promise", none: "—", allWarehouses: "All warehouses", allRegions: "Everywhere", hours: "{{value}} h", days: "{{value}} d", percent: "{{value}}%",
    lanes: { title: "Lanes", hint: "From handover to the door, our own parcels of 90 days; lanes with few samples look to the wider one.", empty: "No lane to learn from yet", emptyHint: "Reckoned every night, once parcels have arrived.", measure: "Measure now", measured: "{{count}} lanes measured" },
    way: {
      title: "Way", none: "No scans yet", noneHint: "A parcel is followed once the carrier has it.", refresh: "Ask now", stop: "Stop and return", stopTitle: "Stop {{number}}", stopText: "The carrier is asked to stop the parcel and bring it back. Whether that works the carrier decides; it shows here.", stopReason: "Reason", stopped: "The carrier has been told", asked: "Asked",
      nextPull: "Asked next", subscribed: "Pushed by the carrier", stallAt: "Counts as stalled", attempts: "{{count}} failed deliveries", errand: { cancel: "Cancel the number", intercept: "Stop and return", subscribe: "Subscribe to scans" }, errandState: { waiting: "waits for the carrier", done: "accepted by the carrier", refused: "refused by the carrier" }, source: { pull: "asked", push: "pushed" },
    },
    bills: {
      title: "Carrier bills", hint: "Import a carrier's bill; each line is compared with our waybill and rate. Accept or dispute what differs, then close.", import: "Import a bill", empty: "No bills yet", emptyHint: "Choose “Carrier bills” in the import centre; one file a bill.", number: "Bill", search: "Beginning of a number", lines: "Lines", billed: "Billed", difference: "Difference", undecided: "Undecided", created: "Imported",
      state: { open: "Open", closed: "Closed" }, tab: { open: "Open", closed: "Closed", all: "All" },
      reconcile: "Compare again", reconciled: "Compared with waybills and rates as they are now", close: "Close", closeText: "Nothing changes after that; lines that agree count as accepted.", closed: "Closed", accept: "Accept", dispute: "Dispute", reopen: "Take back", acceptAll: "Accept all", disputeAll: "Dispute all", note: "Note", decided: "{{count}} lines decided", allOf: "All undecided lines “{{verdict}}”", chosen: "{{count}} chosen",
      verdict: { all: "All", pending: "Not compared", matched: "Agrees", weight: "Weight differs", price: "Price differs", unknown: "Unknown waybill", double: "Billed before", not_ours: "Not shipped with them" }, decision: { open: "Undecided", accepted: "Accepted", disputed: "Disputed" },
      row: "Row", theirWeight: "Their weight", ourWeight: "Our weight", theirPrice: "Their price", surcharge: "Surcharge", ourPrice: "Our price", atTheirs: "At their weight", searchLine: "Waybill", emptyLines: "No such lines", lineDiff: "Difference",
    },
    policy: {
      title: "Service choice", hint: "The promise comes first, then the rule; a shop's rule goes before its owner's, then the default. Every fulfilment says why.", new: "New rule", edit: "Change rule", scope: "For", all: "All others", shop: "Shop", owner: "Owner", ofShop: "Shop {{name}}", ofOwner: "Owner {{name}}", rule: "Rule", detail: "Figures", empty: "No rules yet", emptyHint: "Without one: the cheapest that keeps the promise.", remove: "Remove rule", removeText: "The wider rule holds again.",
      rules: { cheapest_in_time: "Cheapest that keeps the promise", fastest_under: "Fastest up to a price", preferred: "Preferred, then the cheapest", weighted: "Price, speed, reliability weighed" }, ruleHint: { cheapest_in_time: "The cheapest in time; where none is, the fastest.", fastest_under: "The fastest up to the limit; where all cost more, the cheapest.", preferred: "The first that reaches; where none does, the cheapest.", weighted: "Scored by weights; the lower score wins." },
      maxPrice: "Up to", preferred: "Preferred services, in order", wPrice: "Weight of price", wSpeed: "Weight of speed", wReliability: "Weight of reliability", upTo: "≤ {{price}}", weights: "price {{price}} · speed {{speed}} · reliability {{reliability}}",
      silence: "Stalled and lost", silenceHint: "Stalled: no scan for longer than a share of the time in which 95 of 100 of the lane had their next one, within the least and most hours.", service: "Service", others: "All other services", percent: "Share", least: "Least hours", most: "Most hours", lostDays: "Lost after days", newSilence: "Set for a service", editSilence: "Stalled and lost", percentHint: "In percent: 150 is one and a half times.",
    },
    links: {
      title: "Carrier connections", hint: "With a connection, waybill numbers come from the carrier's system and scans come by themselves.", new: "New connection", edit: "Change connection", name: "Name", connector: "Connector", serves: "Serves", state: "State", lastOk: "Last success", empty: "No carrier connections yet", emptyHint: "Without one, numbers come from the ranges entered and scans are not followed.", check: "Test", checkOk: "The connection works", checkFailed: "It failed: {{message}}", on: "On", off: "Off", turnOn: "Switch on", turnOff: "Switch off", push: "Push address", pushHint: "Have the carrier push scans to this address.", none: "No carrier connector is installed",
      carriers: "Carriers it serves", carriersHint: "A carrier has one connection for waybills and one for scans; ticking here takes it over.", ships: "Waybills", tracks: "Scans", code: "Its code there", codeHint: "Aggregators need it, such as shunfeng", add: "Add a carrier", saved: "Saved", settings: "Settings", status: { ok: "Works", warning: "Look here", failing: "Fails", off: "Off" },
    },
    choice: { title: "Why this service", price: "Freight", arrives: "Arrives", keeps: "in time", late: "late", onTime: "On time", trouble: "Lost, damaged", lead: "Takes", source: { measured: "measured", configured: "entered", service: "as the service says" } },
  },
);
