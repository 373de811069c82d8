/** The words of the buyer's page. It is a page of its own, small on purpose: no component library, no i18n library. */

const zh = {
  title: "订单跟踪", loading: "正在读取订单…", lost: "打不开这个链接", lostHint: "链接可能已过期。请向店铺索取新的链接。", offline: "网络不通，请稍后再试。", retry: "重试", language: "English",
  order: "订单 {n}", placed: "{d} 下单", to: "收件人", expected: "预计 {d} 送达", promised: "承诺 {d} 前送达", delivered: "{d} 已签收", items: "商品", units: "× {n}", cancelledUnits: "已取消 {n} 件",
  step: { placed: "已下单", preparing: "备货中", packing: "打包中", shipped: "运输中", delivered: "已签收", cancelled: "已取消" },
  status: { packed: "已打包，等待揽收", created: "等待揽收", picked_up: "已揽收", in_transit: "运输中", customs: "清关中", out_for_delivery: "派送中", at_pickup_point: "已到自提点", delivered: "已签收", attempt_failed: "派送失败", exception: "运输异常", returning: "退回中", returned: "已退回", cancelled: "已取消", unknown: "暂无消息" },
  parcel: "包裹 {n}", waybill: "运单号 {n}", copy: "复制", copied: "已复制", noScans: "承运商还没有更新。", showAll: "显示全部 {n} 条",
  cancelling: "已申请取消，等待仓库答复。", contact: "联系店铺：{c}",
  wish: "收货偏好", wishes: { none: "没有偏好", home: "送货上门，先打电话", doorstep: "放在门口", pickup_point: "放自提点或快递柜", workday: "工作日送", weekend: "周末送" }, note: "补充说明", save: "保存", saved: "已保存",
  address: "修改收货地址", cancel: "取消订单", help: "联系客服", tail: "收件手机号后四位", tailHint: "用来确认是您本人。", name: "收件人（不改请留空）", newAddress: "新地址（省市区开头）", addressHint: "例如：上海市浦东新区世纪大道 100 号 301 室", reason: "原因（选填）", question: "请描述您的问题", send: "提交", close: "关闭",
  doneAddress: "地址已修改。", doneCancelled: "订单已取消。", doneRequested: "已申请取消，仓库会答复。", doneHelp: "客服已收到，会尽快处理。", cannot: { elsewhere: "请在购买的平台或联系店铺办理。", merged: "该订单与另一单一起发货，请联系店铺。", ended: "订单已结束。", too_late: "包裹已打包或已发出，无法修改。" },
};
export type Words = typeof zh;

const en: Words = {
  title: "Track your order", loading: "Reading your order…", lost: "This link does not open", lostHint: "It may have expired. Ask the shop for a new one.", offline: "No connection. Try again in a moment.", retry: "Try again", language: "中文",
  order: "Order {n}", placed: "placed {d}", to: "To", expected: "Expected {d}", promised: "Promised by {d}", delivered: "Delivered {d}", items: "Items", units: "× {n}", cancelledUnits: "{n} cancelled",
  step: { placed: "Placed", preparing: "Preparing", packing: "Packing", shipped: "On its way", delivered: "Delivered", cancelled: "Cancelled" },
  status: { packed: "Packed, waiting for the carrier", created: "Waiting for the carrier", picked_up: "Picked up", in_transit: "In transit", customs: "At customs", out_for_delivery: "Out for delivery", at_pickup_point: "At the pick-up point", delivered: "Delivered", attempt_failed: "Delivery failed", exception: "Trouble on the way", returning: "Coming back", returned: "Returned", cancelled: "Cancelled", unknown: "No news yet" },
  parcel: "Parcel {n}", waybill: "Waybill {n}", copy: "Copy", copied: "Copied", noScans: "The carrier has told nothing yet.", showAll: "Show all {n}",
  cancelling: "Cancellation asked for; the warehouse will answer.", contact: "Contact the shop: {c}",
  wish: "How you would like it", wishes: { none: "No preference", home: "To the door, call first", doorstep: "Leave at the door", pickup_point: "To a pick-up point or locker", workday: "On working days", weekend: "At the weekend" }, note: "Anything else", save: "Save", saved: "Saved",
  address: "Change the address", cancel: "Cancel the order", help: "Ask for help", tail: "Last four digits of the recipient's phone", tailHint: "So that we know it is you.", name: "Recipient (empty: stays)", newAddress: "New address (province and city first)", addressHint: "For example: 上海市浦东新区世纪大道 100 号 301 室", reason: "Reason (optional)", question: "What is the matter?", send: "Send", close: "Close",
  doneAddress: "The address is changed.", doneCancelled: "The order is cancelled.", doneRequested: "Cancellation asked for; the warehouse will answer.", doneHelp: "The shop has your message and will answer.", cannot: { elsewhere: "Please do this on the platform where you bought it, or ask the shop.", merged: "This order travels with another one; please ask the shop.", ended: "The order has ended.", too_late: "The parcel is packed or gone; it cannot be changed any more." },
};

export type Language = "zh-CN" | "en";
const KEY = "hecang.track.language";

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

/** `fill("Order {n}", { n: 7 })`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
