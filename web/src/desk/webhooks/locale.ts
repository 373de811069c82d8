import { addLocale } from "@/shared/i18n";

export default addLocale(
  "webhooks",
  {
    title: "回调推送", hint: "订单、包裹、库存、工单有变化时，把签名消息推送到你的程序（Standard Webhooks）。", new: "新建端点", log: "推送记录", edit: "修改", one: "端点",
    col: { name: "名称", url: "地址", state: "状态", success: "24 小时成功率", latency: "耗时 / P95", waiting: "等待", dead: "死信", last: "最近成功", error: "最近错误", types: "事件" },
    state: { active: "正常", failing: "失败中", by_hand: "已停用", gone: "对方已关闭（410）", waiting: "等待", sending: "推送中", delivered: "已送达", dead: "死信" },
    field: { name: "名称", url: "接收地址", types: "事件类型", typesHint: "不选则推送全部事件", active: "启用" },
    all: "全部事件",
    action: { test: "发送测试", rotate: "更换密钥", replay: "重放", remove: "删除", enable: "启用", disable: "停用", resend: "重新推送", types: "事件目录" },
    ask: { removeText: "将删除 {{name}} 及其全部推送记录。", rotateText: "新密钥立即生效；旧密钥在 24 小时内仍同时签名，请在此期间更换。", replayTitle: "重放 {{name}}", since: "从这个时间起的全部事件", message: "或从这条消息起（webhook-id）" },
    done: { test: "测试消息已排队", replay: "已排队 {{count}} 条消息", resend: "已重新排队 {{count}} 条" },
    secret: { title: "签名密钥", text: "只显示这一次，请立即保存到接收程序中。", copy: "复制", close: "我已保存" },
    fact: { types: "事件", created: "创建", failing: "失败始于", old: "旧密钥有效至" },
    deliveries: { title: "推送记录", search: "", key: "消息", type: "事件", endpoint: "端点", state: "状态", attempts: "次数", status: "应答", due: "下次", time: "时间", body: "内容", tries: "每次推送", answer: "应答内容", emptyTitle: "没有推送记录", emptyHint: "有端点订阅的事件发生后，会记录在这里，保留 30 天。", replayed: "重放 {{count}}" },
    empty: { title: "还没有端点", hint: "新建端点，填写接收地址，选择事件，保存好密钥即可。" },
  },
  {
    title: "Webhooks", hint: "When orders, parcels, stock or tickets change, signed messages go to your program (Standard Webhooks).", new: "New endpoint", log: "Deliveries", edit: "Change", one: "Endpoint",
    col: { name: "Name", url: "Address", state: "State", success: "Success 24 h", latency: "Time / P95", waiting: "Waiting", dead: "Dead", last: "Last success", error: "Last error", types: "Events" },
    state: { active: "Works", failing: "Failing", by_hand: "Off", gone: "Gone (410)", waiting: "Waiting", sending: "Being sent", delivered: "Delivered", dead: "Given up" },
    field: { name: "Name", url: "Address", types: "Event types", typesHint: "None chosen: all events", active: "Active" },
    all: "All events",
    action: { test: "Send a test", rotate: "Change secret", replay: "Replay", remove: "Remove", enable: "Switch on", disable: "Switch off", resend: "Send again", types: "Event catalogue" },
    ask: { removeText: "{{name}} will be removed, with its whole log.", rotateText: "The new secret signs at once; the old one signs too for 24 hours. Change it in your program meanwhile.", replayTitle: "Replay to {{name}}", since: "All events from this moment on", message: "or from this message on (webhook-id)" },
    done: { test: "The test message is queued", replay: "{{count}} messages are queued", resend: "{{count}} are queued again" },
    secret: { title: "Signing secret", text: "It is shown this once. Save it in your program now.", copy: "Copy", close: "I have saved it" },
    fact: { types: "Events", created: "Created", failing: "Failing since", old: "Old secret counts until" },
    deliveries: { title: "Webhook deliveries", search: "", key: "Message", type: "Event", endpoint: "Endpoint", state: "State", attempts: "Tries", status: "Answer", due: "Next", time: "Time", body: "Content", tries: "Tries", answer: "Answer", emptyTitle: "Nothing yet", emptyHint: "Events that an endpoint asked for are listed here for 30 days.", replayed: "Replay {{count}}" },
    empty: { title: "No endpoints yet", hint: "Make one: give an address, choose events, save the secret." },
  },
);
