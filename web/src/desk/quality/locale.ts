import { addLocale } from "@/shared/i18n";

export default addLocale(
  "quality",
  {
    title: "数据质量看板", hint: "每晚检查一次，也可以随时检查。能建议的给出建议，可批量修正。", run: "立即检查", ran: "检查完成：{{count}} 项发现", coding: "编码规范", all: "全部检查", allGood: "没有发现问题", allGoodHint: "主数据看起来没有问题。导入新资料后可以再检查一次。", never: "还没有检查过",
    seen: "检查于", open: "待处理", suggested: "可按建议修正 {{count}}", severity: { error: "错误", warning: "提醒" }, state: { open: "待处理", ignored: "已接受", fixed: "已修正" }, search: "编码或单号",
    col: { record: "对象", check: "检查", message: "问题", related: "相关对象", suggestion: "建议", since: "发现于", note: "说明" }, entity: { sku: "商品", customer: "客户", sales_order: "订单", warehouse: "仓库", location: "库位", channel_product: "渠道商品" },
    ignore: "接受现状", ignoreNote: "为什么可以接受", reopen: "重新打开", pickCheck: "选择一种检查后可批量修正", fixText: "将修改 {{title}} 中所选的记录。", noSuggestion: "—", fillIn: "留空则采用各自的建议",
    codes: { title: "编码规范", hint: "符合任意一个掩码即可。全部为“错误”时，新编码不符合会被拒绝；否则只提醒。", add: "新增掩码", kind: "对象", mask: "掩码", note: "说明", severity: "级别", active: "启用", try: "试一个编码", fits: "符合", fails: "不符合", legend: "A 大写字母 · a 小写字母 · 9 数字 · # 大写字母或数字 · ? 任意字符 · * 任意多个 · [甲|乙] 其中之一 · \\ 转义", empty: "还没有编码规范", emptyHint: "例如商品编码 AA-9999，导入时会按它检查。", saved: "已保存", removed: "已删除", remove: "删除掩码 {{mask}}？", edit: "修改" },
    move: { title: "从表格迁移", hint: "按这个顺序导入。列的对应关系会被记住，同样的表下次直接可用。", there: "已有 {{count}} 条", findings: "{{count}} 个问题", import: "导入", template: "下载模板", optional: "可选", noRight: "没有导入权限", next: "下一步", done: "已完成" },
  },
  {
    title: "Data quality", hint: "Looked at every night, and whenever you like. What can be suggested is; mend many at once.", run: "Check now", ran: "Checked: {{count}} findings", coding: "Coding standard", all: "All checks", allGood: "Nothing odd", allGoodHint: "The master data look right. Check again after the next import.", never: "Not checked yet",
    seen: "Checked", open: "open", suggested: "{{count}} with a suggestion", severity: { error: "Error", warning: "Warning" }, state: { open: "Open", ignored: "Accepted", fixed: "Mended" }, search: "Code or number",
    col: { record: "Record", check: "Check", message: "What is odd", related: "Other record", suggestion: "Suggestion", since: "Since", note: "Note" }, entity: { sku: "Product", customer: "Customer", sales_order: "Order", warehouse: "Warehouse", location: "Location", channel_product: "Channel product" },
    ignore: "Accept", ignoreNote: "Why that is all right", reopen: "Open again", pickCheck: "Choose a check to mend many at once", fixText: "Changes the chosen records of “{{title}}”.", noSuggestion: "—", fillIn: "Empty: each takes its own suggestion",
    codes: { title: "Coding standard", hint: "A code has to fit any mask. Where all are errors, new codes off the standard are refused; else they are told.", add: "New mask", kind: "Of", mask: "Mask", note: "Note", severity: "Severity", active: "In force", try: "Try a code", fits: "fits", fails: "does not fit", legend: "A capital · a small · 9 digit · # capital or digit · ? any · * any number · [X|Y] one of · \\ as it stands", empty: "No coding standard yet", emptyHint: "For example AA-9999 for products; imports are checked against it.", saved: "Saved", removed: "Removed", remove: "Remove the mask {{mask}}?", edit: "Change" },
    move: { title: "From spreadsheets", hint: "Bring files in in this order. How columns were matched is remembered: the same sheet fits at once next time.", there: "{{count}} there", findings: "{{count}} findings", import: "Import", template: "Template", optional: "optional", noRight: "You may not import these", next: "Next", done: "Done" },
  },
);
