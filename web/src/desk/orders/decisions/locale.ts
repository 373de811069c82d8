import { addLocale } from "@/shared/i18n";

export default addLocale(
  "decisions",
  {
    tab: "审单依据",
    none: "还没有任何决定", noneHint: "订单通过规则和检查时，每个决定会记在这里。", byDefault: "没有规则或检查拦下这张订单，按店铺设置自动通过。",
    stage: { intake: "到达时", stock: "寻源后", change: "修改后", approval: "审核时", release: "人工解除" },
    builtIn: "内置检查", version: "第 {{version}} 版", because: "依据",
    outcome: { hold: "挂起", approve: "放行", tag: "打标签", service: "指定承运产品", warehouse_only: "限定仓库", warehouse_never: "排除仓库", priority: "优先级", gift: "加赠品", split: "拆单", merge: "合单", ticket: "开工单", split_none: "无需拆单", split_refused: "未能拆单", merged: "已合入", joined: "已合并", release: "解除挂起" },
    evidence: { sameMessage: "同一批次里更早的一单", sameShop: "同一店铺", shop: "店铺 {{shop}}", minutes: "相隔 {{count}} 分钟", hours: "相隔 {{count}} 小时", same: "相同：{{same}}" },
    match: { recipient: "收件人", lines: "商品和数量", skus: "商品", phone: "手机号", amount: "金额" },
    credit: { blocked: "客户信用已冻结", currency: "币种不是 {{currency}}", overdue: "有超过 {{days}} 天未付的订单", limit: "超过信用额度", owed: "已欠", may: "额度", this: "本单" },
  },
  {
    tab: "Decisions",
    none: "Nothing decided yet", noneHint: "What rules and checks decide on this order is kept here.", byDefault: "No rule and no check held this order; its shop approves by itself.",
    stage: { intake: "On arrival", stock: "After sourcing", change: "After a change", approval: "On approval", release: "Released by hand" },
    builtIn: "Built-in check", version: "Version {{version}}", because: "Because",
    outcome: { hold: "Hold", approve: "Approve", tag: "Tag", service: "Carrier service", warehouse_only: "Only from", warehouse_never: "Not from", priority: "Priority", gift: "Gift", split: "Split", merge: "Merge", ticket: "Ticket", split_none: "Nothing to split", split_refused: "Could not be split", merged: "Merged into", joined: "Merged with", release: "Hold released" },
    evidence: { sameMessage: "An earlier order of the same message", sameShop: "Same shop", shop: "Shop {{shop}}", minutes: "{{count}} minutes apart", hours: "{{count}} hours apart", same: "Same: {{same}}" },
    match: { recipient: "recipient", lines: "goods and quantities", skus: "goods", phone: "phone", amount: "amount" },
    credit: { blocked: "The customer's credit is blocked", currency: "The currency is not {{currency}}", overdue: "Orders unpaid for more than {{days}} days", limit: "Beyond the customer's credit", owed: "owes", may: "may owe", this: "this order" },
  },
);
