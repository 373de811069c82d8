/** The handheld's own words; what steps say comes from the server. Small on purpose: no i18n library. */
import { setApiLanguage } from "@/api/client";

const zh = {
  app: "合仓 PDA", other: "English", loading: "正在读取…",
  signIn: "登录", username: "用户名", password: "密码", signOut: "退出登录", signedOut: "登录已过期，请重新登录，未发送的内容会继续发送。", ownPassword: "请先在电脑端设置自己的密码。", noUse: "您的角色不能使用手持终端，请联系管理员。",
  warehouse: "仓库", chooseWarehouse: "请选择仓库", noWarehouse: "没有可用的仓库，请联系管理员。",
  jobs: "作业", goOn: "继续作业", noJobs: "这个仓库没有您可以做的作业。", waiting: "{n} 个待领", mine: "我的 {n} 个", heldBack: "{n} 条待确认",
  back: "返回", leave: "离开作业", undo: "撤销", menu: "菜单", last: "最近记录", noLast: "还没有记录。", close: "关闭", retry: "重试",
  scan: "扫码", scanReady: "等待扫码", scanAway: "点这里扫码", type: "手输", camera: "相机", send: "确定", sending: "发送中…", again: "再按一次确认",
  offline: "网络不通，正在重试，内容不会丢失。", lost: "没有送达，请再试一次。", noScan: "这一步不需要扫码。", heldBackScans: "之后的扫码没有发送，请按屏幕提示重新扫。",
  max: "全部 {n}", clear: "清空", erase: "退格", digit: "数字 {n}", dateHint: "输入 8 位数字：年月日", calendar: "日历", takePhoto: "拍照", uploading: "正在上传照片…", enter: "录入", number: "选项 {n}",
  settings: "设置", language: "语言", theme: "外观", light: "浅色", dark: "深色", auto: "跟随系统", contrast: "高对比度", sound: "声音", on: "开", off: "关", desk: "打开电脑版",
  cameraDenied: "不能使用相机：没有权限，或网页不是通过 HTTPS 打开的。可以手动输入。", cameraStarting: "正在打开相机…", cameraAim: "把条码放进框内", torch: "补光灯",
  shift: "班次", atWorkSince: "{at} 上班", notAtWork: "还没有上班", untilEnd: "{at} 下班", breakAt: "{from}–{to} 休息", onBreakSince: "{at} 开始休息", backAt: "{at} 回来", beginShift: "上班", endShift: "下班", beginBreak: "休息", endBreak: "继续上班", endShiftAsk: "{n} 个任务将退回，再按一次", ended: "已下班。", endedReleased: "已下班，{n} 个任务已退回。", resting: "开始休息。", laidDown: "开始休息，手上的任务已暂停。", backAtWork: "欢迎回来。", takenUp: "欢迎回来，任务已继续。",
  myTasks: "我的任务", stateAssigned: "待开始", stateStarted: "进行中", statePaused: "已暂停", pause: "暂停", resume: "继续", handOver: "转交", handOverTo: "转交给谁？", handedOver: "已转交给 {name}。", nobodyElse: "现在没有别人在岗且能做这个任务。", giveBack: "退回任务池", givenBack: "已退回，别人可以领取。", paused: "已暂停，仍归您。", resumed: "继续作业。",
  refused: "不通过", done: "完成", progress: "{a} / {b}", over: "作业结束", backToMenu: "返回菜单", online: "已连接", waitingNet: "等待网络", failure: "出错了", tryAgain: "请重试，或告诉管理员。",
};
export type Words = typeof zh;

const en: Words = {
  app: "Hecang PDA", other: "中文", loading: "Loading…",
  signIn: "Sign in", username: "Username", password: "Password", signOut: "Sign out", signedOut: "Your session has ended. Sign in again; what was not sent goes on.", ownPassword: "First choose a password of your own in the desk.", noUse: "Your role may not use handhelds. Ask an administrator.",
  warehouse: "Warehouse", chooseWarehouse: "Choose a warehouse", noWarehouse: "There is no warehouse for you. Ask an administrator.",
  jobs: "Jobs", goOn: "Go on with", noJobs: "There is no job for you in this warehouse.", waiting: "{n} waiting", mine: "{n} mine", heldBack: "{n} to decide",
  back: "Back", leave: "Leave the job", undo: "Undo", menu: "Menu", last: "Last entries", noLast: "Nothing yet.", close: "Close", retry: "Try again",
  scan: "Scan", scanReady: "Ready to scan", scanAway: "Tap here to scan", type: "Type", camera: "Camera", send: "OK", sending: "Sending…", again: "Press again to confirm",
  offline: "No connection. Trying again; nothing is lost.", lost: "It did not arrive. Try once more.", noScan: "This step takes no scan.", heldBackScans: "Scans after it were not sent. Scan again as the screen says.",
  max: "All {n}", clear: "Clear", erase: "Erase", digit: "Digit {n}", dateHint: "Eight digits: year, month, day", calendar: "Calendar", takePhoto: "Take a photo", uploading: "Sending the photo…", enter: "Enter", number: "Option {n}",
  settings: "Settings", language: "Language", theme: "Appearance", light: "Light", dark: "Dark", auto: "System", contrast: "High contrast", sound: "Sound", on: "On", off: "Off", desk: "Open the desk",
  cameraDenied: "The camera cannot be used: no permission, or the page was not opened by HTTPS. You can type the code.", cameraStarting: "Starting the camera…", cameraAim: "Hold the barcode inside the frame", torch: "Light",
  shift: "Shift", atWorkSince: "At work since {at}", notAtWork: "Not at work yet", untilEnd: "until {at}", breakAt: "break {from}–{to}", onBreakSince: "On break since {at}", backAt: "back at {at}", beginShift: "Begin shift", endShift: "End shift", beginBreak: "Take a break", endBreak: "Back to work", endShiftAsk: "Gives back your tasks ({n}): press again", ended: "Your shift has ended.", endedReleased: "Your shift has ended. Tasks given back: {n}.", resting: "Enjoy your break.", laidDown: "Enjoy your break. Your task is paused.", backAtWork: "Welcome back.", takenUp: "Welcome back. Your task goes on.",
  myTasks: "My tasks", stateAssigned: "To begin", stateStarted: "At work", statePaused: "Paused", pause: "Pause", resume: "Go on", handOver: "Hand over", handOverTo: "To whom?", handedOver: "Handed over to {name}.", nobodyElse: "Nobody else at work now can do this task.", giveBack: "Give back", givenBack: "Given back; others can take it.", paused: "Paused; it stays yours.", resumed: "It goes on.",
  refused: "Refused", done: "Done", progress: "{a} / {b}", over: "The job is done", backToMenu: "Back to the menu", online: "Connected", waitingNet: "Waiting for the network", failure: "Something went wrong", tryAgain: "Try again, or tell an administrator.",
};

export type Language = "zh-CN" | "en";
/** The same as the desk's: whoever has chosen there has chosen here. */
const KEY = "hecang.language";

export function initialLanguage(): Language {
  const saved = localStorage.getItem(KEY);
  if (saved === "zh-CN" || saved === "en") return saved;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

export function speak(language: Language): void {
  document.documentElement.lang = language;
  document.title = wordsOf(language).app;
  setApiLanguage(serverLanguage(language));
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
}

export function serverLanguage(language: Language): string {
  return language === "en" ? "en" : "zh-hans";
}

export function wordsOf(language: Language): Words {
  return language === "en" ? en : zh;
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
