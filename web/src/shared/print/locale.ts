import { addLocale } from "@/shared/i18n";

export default addLocale(
  "print",
  {
    again: "重复打印面单？", againOk: "再打印一次", againText: "{{count}} 张面单已经打印过（{{who}}）：{{numbers}}。重复的面单贴到另一个包裹上会发错货。",
    printed: "已打印 {{count}} 张面单", failed: "{{count}} 张面单打印失败",
    error: {
      unreachable: "连不上打印组件", unreachableHint: "在这台电脑上启动平台的打印组件后再试；端口不同的话在“打印设置”里修改。",
      refused: "打印组件拒绝了任务", refusedHint: "检查打印机和面单模板。", timeout: "打印组件没有回应", timeoutHint: "看看打印机是否缺纸或卡纸，确认没有打印出来再重打。",
    },
    settings: "打印设置", settingsHint: "只影响这台电脑。", address: "地址", printer: "打印机", find: "查找打印机", standard: "组件默认打印机", found: "找到 {{count}} 台打印机", component: { cainiao: "菜鸟", pinduoduo: "拼多多", douyin: "抖店", xiaohongshu: "小红书", kuaishou: "快手" },
  },
  {
    again: "Print the label again?", againOk: "Print once more", againText: "{{count}} labels were printed before ({{who}}): {{numbers}}. A second label on another parcel sends it to the wrong place.",
    printed: "{{count}} labels printed", failed: "{{count}} labels failed",
    error: {
      unreachable: "The print component is not reached", unreachableHint: "Start the platform's print component on this machine and try again; another port is set under “Printing”.",
      refused: "The print component refused the task", refusedHint: "Check the printer and the template.", timeout: "The print component does not answer", timeoutHint: "Look for paper and jams; print again only if nothing came out.",
    },
    settings: "Printing", settingsHint: "For this machine only.", address: "Address", printer: "Printer", find: "Find printers", standard: "The component's own", found: "{{count}} printers found", component: { cainiao: "Cainiao", pinduoduo: "Pinduoduo", douyin: "Douyin", xiaohongshu: "Xiaohongshu", kuaishou: "Kuaishou" },
  },
);
