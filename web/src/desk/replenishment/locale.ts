import { addLocale } from "@/shared/i18n";

export default addLocale(
  "replenishment",
  {
    faces: {
      title: "拣货位", hint: "每个拣货位放什么、低于多少补、补到多少。现货包含可拣未分配的数量。", search: "库位、商品", new: "新增拣货位", edit: "修改拣货位", find: "自动识别", found: "识别到 {{count}} 个拣货位", suggest: "按出库量计算", suggested: "已计算 {{count}} 个拣货位", take: "采用建议", drop: "停用", ask: "立即补货", asked: "已生成 {{count}} 条补货任务", askNothing: "没有可补的储备库存",
      emptyTitle: "还没有拣货位", emptyHint: "新增拣货位，或点“自动识别”按现有库存生成。", pickWarehouse: "先在顶栏选择仓库", dropConfirm: "停用后不再自动补货，已生成的补货任务不受影响。",
    },
    col: { location: "库位", sku: "商品", owner: "货主", min: "下限", max: "上限", multiple: "倍数", free: "现货", coming: "在途补货", reserve: "储备", demand: "待拣需求", suggested: "建议下限/上限", outflow: "日均出库", fixed: "来源", from: "从", to: "到", quantity: "数量", moved: "已补", cause: "原因", due: "需要时间", worker: "作业人", state: "状态", ended: "结果", created: "生成", lot: "批次", units: "件数" },
    filter: { cause: "原因", fixed: "人工设置" },
    fixed: { yes: "人工", no: "自动" },
    list: { title: "补货任务", search: "库位、商品", plan: "立即计划", planned: "已生成 {{count}} 条补货任务", nothing: "所有拣货位都够用，无需补货", topUp: "顺手补满", cancel: "取消任务", cancelConfirm: "取消后释放占用的储备库存。", emptyTitle: "没有补货任务", emptyHint: "拣货位低于下限、或波次需求超过拣货位现货时，会自动生成。" },
    tab: { open: "待补", done: "已完成", cancelled: "已取消", all: "全部" },
    cause: { below_min: "低于下限", demand: "波次需求", top_up: "顺手补满", manual: "人工", consolidation: "归并" },
    ended: { "": "", moved: "已补", short: "找不到货", taken: "被订单占用", dropped: "已取消" },
    task: { open: "待领取", assigned: "已领取", started: "进行中", paused: "暂停", done: "已完成", cancelled: "已取消" },
    merge: { title: "零散归并", hint: "同一商品、批次散放在多个储备位，每处不多：移到一起，腾空库位。按搬运件数从少到多排列。", start: "生成归并任务", started: "已生成 {{count}} 条归并任务", places: "至少散放在几个库位", emptyTitle: "没有可归并的零散库存", emptyHint: "同一商品散放在 {{count}} 个以上储备位时会列在这里。" },
    form: { location: "拣货位", sku: "商品", owner: "货主", min: "下限（低于则补）", max: "上限（补到）", multiple: "补货倍数（箱规）", save: "保存" },
  },
  {
    faces: {
      title: "Pick faces", hint: "What is picked from where, below how many it is filled, and up to how many. Free are units that can be picked and are not allocated.", search: "Location, product", new: "New pick face", edit: "Change pick face", find: "Find by stock", found: "{{count}} pick faces found", found_one: "{{count}} pick face found", suggest: "Work out from picks", suggested: "{{count}} pick faces looked at", suggested_one: "{{count}} pick face looked at", take: "Take suggestion", drop: "Take out of use", ask: "Bring goods now", asked: "{{count}} replenishments made", asked_one: "{{count}} replenishment made", askNothing: "No reserve stock is left for it",
      emptyTitle: "No pick faces yet", emptyHint: "Add one, or let them be found by where goods lie now.", pickWarehouse: "Choose a warehouse at the top first", dropConfirm: "They are no longer filled by themselves; replenishments that stand go on.",
    },
    col: { location: "Location", sku: "Product", owner: "Owner", min: "Minimum", max: "Maximum", multiple: "Multiple", free: "Free", coming: "Coming", reserve: "Reserve", demand: "Wanted", suggested: "Suggested", outflow: "Picked a day", fixed: "Set by", from: "From", to: "To", quantity: "Quantity", moved: "Moved", cause: "Cause", due: "Wanted at", worker: "Worker", state: "State", ended: "Result", created: "Made", lot: "Lot", units: "Units" },
    filter: { cause: "Cause", fixed: "Set by people" },
    fixed: { yes: "People", no: "Found" },
    list: { title: "Replenishment", search: "Location, product", plan: "Plan now", planned: "{{count}} replenishments made", planned_one: "{{count}} replenishment made", nothing: "All pick faces have enough", topUp: "Top up", cancel: "Drop", cancelConfirm: "The reserve stock that they claim is free again.", emptyTitle: "Nothing to replenish", emptyHint: "Made by themselves when a face falls below its minimum, or a wave wants more than lies in it." },
    tab: { open: "To do", done: "Done", cancelled: "Cancelled", all: "All" },
    cause: { below_min: "Below minimum", demand: "Waves to come", top_up: "Top-up", manual: "Asked for", consolidation: "Consolidation" },
    ended: { "": "", moved: "Moved", short: "Not found", taken: "Orders took it", dropped: "Dropped" },
    task: { open: "Waiting", assigned: "Taken", started: "Begun", paused: "Paused", done: "Done", cancelled: "Cancelled" },
    merge: { title: "Consolidation", hint: "Little of one product and lot in many reserve places: bring it together, and places become empty. Least carrying first.", start: "Make move tasks", started: "{{count}} moves in the pool", started_one: "{{count}} move in the pool", places: "Places, at least", emptyTitle: "Nothing is scattered", emptyHint: "Products in {{count}} reserve places or more show up here." },
    form: { location: "Pick face", sku: "Product", owner: "Owner", min: "Minimum (fill below)", max: "Maximum (fill up to)", multiple: "Multiple (case)", save: "Save" },
  },
);
