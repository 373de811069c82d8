import { addLocale } from "@/shared/i18n";

export default addLocale(
  "notifications",
  {
    inbox: { title: "消息", readAll: "全部标为已读", settings: "接收设置", unread: "未读", all: "全部", topic: "类别", message: "消息", time: "时间", emptyTitle: "没有消息", emptyHint: "指派给你的工单、提到你的评论和需要处理的异常会出现在这里。" },
    prefs: {
      title: "接收设置", hint: "每类消息在哪里、什么时候告诉你。", topics: "接收什么", hours: "什么时候", topic: "消息类别", in_app: "站内", email: "邮件", save: "保存", saved: "已保存",
      zone: "时区", quiet: "免打扰时段", quietHint: "时段内的邮件在结束后发送；站内消息不受影响。", digest: "每日汇总时间（点）",
      timing: { off: "不接收", now: "立即", hourly: "每小时汇总", daily: "每天汇总" },
    },
    way: { email: "邮件", webhook: "Webhook", dingtalk: "钉钉机器人", feishu: "飞书机器人", wecom: "企业微信机器人" },
    targets: {
      title: "消息推送目标", hint: "团队共用的邮箱、群机器人和程序接口：选好类别，消息会自动推送。", new: "新建目标", edit: "修改", test: "发送测试", remove: "删除", removeText: "将删除 {{name}} 以及等待发给它的消息。", name: "名称", way: "方式", topics: "接收的类别", team: "只接收发给团队", language: "语言", active: "启用", state: "状态", last: "最近发送", error: "最近错误", tested: "测试消息已送达", failed: "发送失败：{{error}}", kept: "留空则保持不变", off: "已停用", ok: "正常", broken: "连续失败 {{count}} 次",
      emptyTitle: "还没有推送目标", emptyHint: "添加钉钉、飞书或企业微信群机器人，让团队第一时间知道异常。", saved: "已保存", log: "发送记录",
    },
    log: { title: "发送记录", way: "方式", recipient: "接收方", message: "消息", state: "状态", attempts: "次数", sent: "发送时间", error: "错误", resend: "重新发送", resent: "已重新排队", emptyTitle: "没有记录", emptyHint: "发往邮箱、群机器人和程序接口的消息会记录在这里。" },
    state: { waiting: "等待", sending: "发送中", sent: "已发送", failed: "失败", unsure: "结果未知", dropped: "已取消" },
    teams: { title: "团队", hint: "工单进入团队的队列；超时会通知负责人。", name: "团队", code: "编码", lead: "负责人", members: "成员", edit: "修改", new: "新建团队", nobody: "未指定", active: "启用" },
    lang: { zh: "中文", en: "英文" },
  },
  {
    inbox: { title: "Messages", readAll: "Mark all as read", settings: "What I want to hear", unread: "Unread", all: "All", topic: "Topic", message: "Message", time: "Time", emptyTitle: "No messages", emptyHint: "Tickets assigned to you, comments that mention you and trouble that needs you show up here." },
    prefs: {
      title: "What I want to hear", hint: "For each topic: where, and when.", topics: "What", hours: "When", topic: "Topic", in_app: "In the desk", email: "E-mail", save: "Save", saved: "Saved",
      zone: "Time zone", quiet: "Quiet hours", quietHint: "E-mails of that time are sent when it is over; messages in the desk come at once.", digest: "Daily digest at (hour)",
      timing: { off: "Never", now: "At once", hourly: "Every hour", daily: "Once a day" },
    },
    way: { email: "E-mail", webhook: "Webhook", dingtalk: "DingTalk robot", feishu: "Feishu robot", wecom: "WeCom robot" },
    targets: {
      title: "Message targets", hint: "Mailboxes, chat robots and programs that a team shares: choose topics, and messages go there by themselves.", new: "New target", edit: "Change", test: "Send a test", remove: "Remove", removeText: "{{name}} will be removed, with the messages that wait for it.", name: "Name", way: "Way", topics: "Topics", team: "Only what is told to team", language: "Language", active: "Active", state: "State", last: "Last sent", error: "Last error", tested: "The test message arrived", failed: "Not sent: {{error}}", kept: "Left empty: stays as it is", off: "Off", ok: "Works", broken: "Failed {{count}}×",
      emptyTitle: "No targets yet", emptyHint: "Add a robot of DingTalk, Feishu or WeCom, so that the team knows of trouble at once.", saved: "Saved", log: "What went out",
    },
    log: { title: "What went out", way: "Way", recipient: "Recipient", message: "Message", state: "State", attempts: "Tries", sent: "Sent", error: "Error", resend: "Send again", resent: "Queued again", emptyTitle: "Nothing yet", emptyHint: "Messages to mailboxes, chat robots and programs are listed here." },
    state: { waiting: "Waiting", sending: "Being sent", sent: "Sent", failed: "Failed", unsure: "Unknown whether sent", dropped: "Dropped" },
    teams: { title: "Teams", hint: "Tickets enter the queue of a team; its lead hears of what is overdue.", name: "Team", code: "Code", lead: "Lead", members: "Members", edit: "Change", new: "New team", nobody: "Nobody", active: "Active" },
    lang: { zh: "Chinese", en: "English" },
  },
);
