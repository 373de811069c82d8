import { addLocale } from "@/shared/i18n";

export default addLocale(
  "rules",
  {
    list: {
      title: "审单规则", hint: "订单到达、寻源之后和修改时，从上到下逐条判断；每一个决定都记在订单上。", new: "新建规则", defaults: "安装推荐规则", defaultsDone: "新增了 {{count}} 条推荐规则", defaultsNone: "推荐规则都已在列表中",
      empty: "还没有规则", emptyHint: "先安装推荐规则，看看效果，再按自己的业务修改。", up: "上移 {{name}}", down: "下移 {{name}}", on: "启用 {{name}}", archived: "规则已收起", moved: "顺序已保存",
    },
    col: { order: "顺序", name: "规则", condition: "条件", actions: "动作", shops: "店铺", hits: "近 7 天命中", on: "启用", version: "版本" },
    shops: { all: "全部店铺", some: "{{count}} 个店铺" },
    tag: { last: "命中后停止", timed: "限时" },
    edit: {
      new: "新建规则", name: "名称", nameHint: "订单上会显示这个名称", note: "说明", condition: "条件", conditionHint: "从右侧选取事实插入；写成如 order.total > 1000 and \"vip\" in order.tags", ok: "条件正确，用到：{{facts}}", okNone: "条件正确，对所有订单成立或不成立", checking: "正在检查",
      actions: "动作", addAction: "添加动作", removeAction: "删除动作", where: "适用范围", shops: "店铺", shopsAll: "全部店铺", from: "生效时间", to: "失效时间", last: "命中后不再判断后面的规则", enabled: "启用", versionNote: "改动原因（记在版本里）", saved: "规则已保存，当前第 {{version}} 版", archive: "收起规则", archiveText: "规则不再判断新订单；以往的决定仍然指向它。", required: "请填写{{label}}",
      back: "返回规则列表",
    },
    catalog: { title: "事实与函数", search: "查找事实、函数", insert: "插入 {{name}}", personal: "个人信息：可以判断，不留存", fields: "字段", functions: "函数", facts: "事实", none: "没有找到", noneHint: "换个词再找，例如“金额”“地址”。" },
    type: { number: "数字", text: "文本", texts: "文本列表", numbers: "数字列表", bool: "是/否", quantities: "数量表", list: "明细列表" },
    versions: { title: "版本", now: "当前", restore: "恢复这一版", restoreText: "按第 {{number}} 版的条件和动作生成新的一版。", by: "{{author}} 修改", restored: "已恢复，当前第 {{version}} 版", same: "与上一版相同" },
    dry: {
      title: "试运行", hint: "用最近的真实订单比较“现在的规则”和“改动后的规则”，不会改动任何订单。", orders: "最近订单", shop: "店铺", allShops: "全部店铺", run: "开始试运行", running: "正在比较，已完成 {{done}} / {{total}} 单", failed: "试运行没有完成", failedHint: "改好规则后再试一次。", summary: "{{orders}} 单中有 {{changed}} 单的结果会变", matched: "命中 {{count}} 单", nothing: "没有订单会变", nothingHint: "在这些订单上，改动后的规则与现在的结果一致。", order: "订单", changes: "变化", now: "现在", then: "改动后", why: "依据", none: "无动作", first: "先写好名称、条件和动作。", shown: "显示前 {{count}} 单",
    },
    change: { held: "将挂起", not_held: "不再挂起", held_otherwise: "挂起原因不同", approved: "将放行", not_approved: "不再放行", tagged: "标签不同", service: "承运产品不同", warehouses: "仓库不同", priority: "优先级不同", gift: "赠品不同", ticket: "工单不同" },
    settle: { action: "核销", title: "{{code}} 已付款", ok: "核销 {{count}} 单", done: "已核销 {{count}} 张订单", empty: "没有欠款", order: "订单", placed: "下单", amount: "金额", sum: "合计", note: "说明，例如付款流水号" },
    credit: {
      title: "客户信用", hint: "赊销客户的额度、账期和欠款；超额、逾期或冻结时，订单挂起等待处理。", new: "给客户授信", edit: "修改 {{code}} 的信用", customer: "客户编码", name: "客户", limit: "额度", open: "欠款", orders: "未结订单", oldest: "最早未结", term: "账期（天）", termHint: "留空表示不限", blocked: "冻结", blockedTag: "已冻结", over: "超额", note: "备注", currency: "币种", updated: "更新时间", empty: "还没有赊销客户", emptyHint: "给客户授信后，他们的订单可以先发货后付款。", remove: "取消授信", removeText: "{{code}} 以后的订单不再赊账；已欠的仍然保留。", removed: "已取消授信", search: "客户编码、手机号", change: "修改", days: "{{count}} 天", noTerm: "不限", unknown: "没有编码为 {{code}} 的客户",
    },
  },
  {
    list: {
      title: "Audit rules", hint: "Asked from top to bottom when an order arrives, after sourcing and after a change; every decision is kept with the order.", new: "New rule", defaults: "Install recommended rules", defaultsDone: "{{count}} recommended rules added", defaultsNone: "All recommended rules are here already",
      empty: "No rules yet", emptyHint: "Install the recommended rules, see what they do, and change them to fit.", up: "Move {{name}} up", down: "Move {{name}} down", on: "Switch {{name}} on", archived: "Rule put away", moved: "Order saved",
    },
    col: { order: "Order", name: "Rule", condition: "Condition", actions: "Actions", shops: "Shops", hits: "Matches, 7 days", on: "On", version: "Version" },
    shops: { all: "All shops", some: "{{count}} shops" },
    tag: { last: "Stops here", timed: "For a time" },
    edit: {
      new: "New rule", name: "Name", nameHint: "Orders show this name", note: "Explanation", condition: "Condition", conditionHint: "Insert facts from the list; written like order.total > 1000 and \"vip\" in order.tags", ok: "The condition is right. It asks: {{facts}}", okNone: "The condition is right. It is the same for every order.", checking: "Checking",
      actions: "Actions", addAction: "Add an action", removeAction: "Remove the action", where: "Where and when", shops: "Shops", shopsAll: "All shops", from: "From", to: "Until", last: "Ask no later rule where this one matches", enabled: "Switched on", versionNote: "Why it changes (kept with the version)", saved: "Rule saved, now version {{version}}", archive: "Put the rule away", archiveText: "It is not asked about new orders any more; what it decided keeps naming it.", required: "Please fill in: {{label}}",
      back: "Back to the rules",
    },
    catalog: { title: "Facts and functions", search: "Find facts, functions", insert: "Insert {{name}}", personal: "Personal data: may be asked, is never kept", fields: "Fields", functions: "Functions", facts: "Facts", none: "Nothing found", noneHint: "Try another word, such as “amount” or “address”." },
    type: { number: "number", text: "text", texts: "list of texts", numbers: "list of numbers", bool: "yes or no", quantities: "quantities", list: "list of lines" },
    versions: { title: "Versions", now: "Current", restore: "Restore this version", restoreText: "Makes a new version that says what version {{number}} said.", by: "By {{author}}", restored: "Restored, now version {{version}}", same: "As the version before" },
    dry: {
      title: "Dry run", hint: "Compares the rules as they are with the rules as they would be, on the newest real orders. No order changes.", orders: "Newest orders", shop: "Shop", allShops: "All shops", run: "Start the dry run", running: "Comparing, {{done}} of {{total}} orders done", failed: "The dry run did not finish", failedHint: "Mend the rule and try again.", summary: "{{changed}} of {{orders}} orders would come out differently", matched: "Matches {{count}} orders", nothing: "No order would change", nothingHint: "On these orders the rules decide as they do now.", order: "Order", changes: "Change", now: "Now", then: "Then", why: "Because", none: "Nothing", first: "Fill in the name, the condition and the actions first.", shown: "The first {{count}} are shown",
    },
    change: { held: "Newly held", not_held: "No longer held", held_otherwise: "Held for another reason", approved: "Newly approved", not_approved: "No longer approved", tagged: "Other tags", service: "Other service", warehouses: "Other warehouses", priority: "Other priority", gift: "Other gift", ticket: "Other ticket" },
    settle: { action: "Settle", title: "{{code}} has paid", ok: "Paid: {{count}}", done: "{{count}} orders are settled", empty: "Nothing is owed", order: "Order", placed: "Placed", amount: "Amount", sum: "In all", note: "Note, such as the number of the payment" },
    credit: {
      title: "Customer credit", hint: "Limit, term and debt of customers who pay later; orders beyond the limit, overdue or blocked are held.", new: "Give credit", edit: "Credit of {{code}}", customer: "Customer code", name: "Customer", limit: "Limit", open: "Owed", orders: "Open orders", oldest: "Oldest open", term: "Days to pay", termHint: "Empty for no limit", blocked: "Blocked", blockedTag: "Blocked", over: "Over the limit", note: "Note", currency: "Currency", updated: "Updated", empty: "Nobody has credit yet", emptyHint: "Customers with credit get their goods first and pay later.", remove: "Take credit away", removeText: "Later orders of {{code}} do not go on account; what is owed stays owed.", removed: "Credit taken away", search: "Customer code, phone", change: "Change", days: "{{count}} days", noTerm: "No limit", unknown: "There is no customer with the code {{code}}",
    },
  },
);
