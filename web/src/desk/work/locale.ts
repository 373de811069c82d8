import { addLocale } from "@/shared/i18n";

export default addLocale(
  "work",
  {
    one: "任务", nobody: "无人", late: "已超时", close: "关闭", history: "历史", byPlan: "系统排派",
    kind: { pick: "拣货", putback: "还架", receive: "收货", inspect: "质检", putaway: "上架", move: "移库", replenish: "补货", count: "盘点", kit: "组装拆解", transfer: "调拨" },
    state: { open: "待领取", assigned: "已指派", started: "作业中", paused: "已暂停", done: "已完成", cancelled: "已取消" },
    tab: { standing: "未完成", open: "待领取", held: "进行中", late: "已超时", mine: "我的", done: "已完成", cancelled: "已取消" },
    col: {
      task: "任务", kind: "类型", state: "状态", worker: "作业人员", way: "从 → 到", zone: "库区", what: "货物", quantity: "件数", priority: "优先级", due: "截止", needs: "要求", expected: "预计", worked: "实际", note: "备注", created: "创建", done: "完成",
      warehouse: "仓库", shift: "班次", skills: "技能", equipment: "设备", kinds: "任务类型", home: "所属库区", place: "最近库位", seen: "最近活动", held: "任务",
    },
    priority: { 10: "插队（10）", 50: "优先（50）", 100: "普通（100）", 200: "靠后（200）" },
    action: { claim: "领取", start: "开始", pause: "暂停", resume: "继续", release: "退回任务池", hand_over: "转交", reprioritise: "调整优先级", cancel: "取消任务" },
    done: { claim: "已领取", start: "已开始", pause: "已暂停", resume: "已继续", release: "已退回任务池", hand_over: "已转交", reprioritise: "优先级已调整", cancel: "已取消" },
    ask: { note: "说明", cancelText: "任务会从任务池撤下。由单据产生的任务（如拣货单）要在单据上取消，这里会拒绝。" },
    fact: { about: "关联单据", sku: "商品", container: "容器", ready: "最早开始", lease: "租约到期" },
    subject: { batch: "拣货单", pick_task: "还架", putaway: "上架单", inspection: "质检单", replenishment: "补货", count_stretch: "盘点", kit_job: "组装拆解单", stock: "库存", container: "容器", transfer: "调拨单" },
    event: {
      created: "任务创建", assigned: "指派给 {{who}}", started: "{{who}} 开始作业", paused: "{{who}} 暂停", resumed: "{{who}} 继续", released: "{{who}} 的任务退回任务池", handed_over: "转交 {{who}}", expired: "{{who}} 长时间无动作，任务自动退回", reprioritised: "优先级改为 {{priority}}", done: "完成", cancelled: "取消",
    },
    tasks: { title: "任务", hint: "人和机器人在仓内做的每一件事：谁在做、做了多久、什么已超时。", search: "任务号、单号、库位", empty: "没有任务", emptyHint: "波次下发、收货、补货、盘点都会生成任务，出现在这里。" },
    floor: {
      title: "作业现场", noWarehouse: "还没有仓库", noWarehouseHint: "先建一个仓库，任务才有地方做。", onShift: "在岗", busy: "作业中", busyOf: "在岗 {{count}} 人", waiting: "待领取", late: "已超时", doneHour: "近一小时完成",
      who: "谁在做什么", map: "任务与人员位置", waits: "各库区待办", lateTitle: "已超时的任务", allLate: "全部 {{count}} 个", doing: "正在做", since: "开始", seen: "活动", queue: "排队/暂停", queueHint: "排队 {{assigned}} 个，暂停 {{paused}} 个", done8: "8 小时完成",
      idle: "空闲", offShift: "未在岗", placeUnknown: "位置未知", nobody: "没有人在岗", nobodyHint: "在“作业人员”里让人员上岗，或由本人在手持端上岗。", nothingWaits: "没有待领取的任务", nothingWaitsHint: "新的波次、收货和补货会出现在这里。", nothingLate: "没有超时的任务",
      workedFor: "已做 {{minutes}} 分钟", workedOf: "已做 {{minutes}} / 预计 {{expected}} 分钟", noZone: "不限库区", cell: "{{units}} 件，预计 {{minutes}} 分钟，{{later}} 个未到开始时间", oldest: "最早", lateIn: "超时 {{count}}", work: "工作量", where: "位置", tasksHere: "{{count}} 个任务",
    },
    plan: {
      action: "智能排派", title: "智能排派", hint: "按技能、设备、位置、截止时间和已领任务，为在岗人员安排接下来的任务，尽量少走空路（例如拣货返程顺路上架）。应用前不会改动任何任务。", queue: "每人派", apply: "派出 {{count}} 个任务", applied: "已派出 {{count}} 个任务",
      refused: "{{count}} 个任务期间有变化，未派出；下面是新的方案", from: "原属 {{who}}", late: "将超时 {{minutes}} 分钟", walk: "空走 {{seconds}} 秒", nothing: "没有适合的任务", more: "还有 {{count}} 个", unassigned: "无人可做（{{count}}）", why: "原因",
      sumTasks: "派出任务", sumWalk: "空走", sumLate: "超时合计", sumChanges: "换人",
    },
    why: { no_skill: "在岗人员没有所需技能，或不做这类任务", no_equipment: "在岗人员没有所需设备", skill_and_equipment_not_together: "没有人同时具备技能和设备", no_time_before_shift_end: "下班前做不完", nobody_on_shift: "没有人在岗" },
    shifts: {
      title: "班次", hint: "按仓库的当地时间。智能排派只安排下班前、休息之间做得完的任务；临近下班时不再派长任务，除非紧急或没有别人能做。", add: "添加班次", edit: "修改 {{name}}", remove: "删除 {{name}}", removeText: "{{count}} 人常用这个班次；已上岗的人下班时间不变。", removeOk: "删除", empty: "还没有班次", emptyHint: "没有班次时，不知道何时下班，排派不受限制。",
      name: "名称", nameHint: "例如 早班", hours: "上下班", hoursHint: "下班早于上班表示次日。", breaks: "休息", noBreaks: "无", addBreak: "添加休息", removeBreak: "删除休息", workers: "常用人数", usual: "常用班次", usualHint: "不选则按上岗时刻匹配仓库的班次。", until: "{{at}} 下班", rest: "休息 {{from}}–{{to}}", onBreak: "休息中",
    },
    workers: {
      title: "作业人员", hint: "技能、设备和任务类型决定谁能领取什么任务。", search: "用户名、姓名", add: "添加作业人员", edit: "修改 {{name}}", who: "人员", can: "能做什么", canHint: "代码用小写字母，例如 forklift、hazard。没有要求的任务谁都能做。", homeHint: "还没有扫描记录时，从这里出发排派。", kindsHint: "不选则所有类型都做。", allKinds: "全部",
      on: "在岗", off: "未在岗", begin: "上岗", end: "下岗", begun: "{{name}} 已上岗", ended: "{{name}} 已下岗", endText: "{{name}} 手上的 {{count}} 个任务会退回任务池。", empty: "还没有作业人员", emptyHint: "添加作业人员，或让他们在手持端扫描一次。",
    },
  },
  {
    one: "Task", nobody: "Nobody", late: "Late", close: "Close", history: "History", byPlan: "by plan",
    kind: { pick: "Pick", putback: "Put back", receive: "Receive", inspect: "Inspect", putaway: "Put away", move: "Move", replenish: "Replenish", count: "Count", kit: "Kit", transfer: "Transfer" },
    state: { open: "Open", assigned: "Assigned", started: "At work", paused: "Paused", done: "Done", cancelled: "Cancelled" },
    tab: { standing: "To do", open: "Open", held: "In hands", late: "Late", mine: "Mine", done: "Done", cancelled: "Cancelled" },
    col: {
      task: "Task", kind: "Kind", state: "State", worker: "Worker", way: "From → to", zone: "Zone", what: "Goods", quantity: "Units", priority: "Priority", due: "Due", needs: "Needs", expected: "Expected", worked: "Worked", note: "Note", created: "Created", done: "Done",
      warehouse: "Warehouse", shift: "Shift", skills: "Skills", equipment: "Equipment", kinds: "Kinds of tasks", home: "Home zone", place: "Last place", seen: "Last seen", held: "Tasks",
    },
    priority: { 10: "First of all (10)", 50: "Early (50)", 100: "Normal (100)", 200: "Later (200)" },
    action: { claim: "Claim", start: "Start", pause: "Pause", resume: "Go on", release: "Give back", hand_over: "Hand over", reprioritise: "Change priority", cancel: "Cancel task" },
    done: { claim: "Claimed", start: "Started", pause: "Paused", resume: "Going on", release: "Given back", hand_over: "Handed over", reprioritise: "Priority changed", cancel: "Cancelled" },
    ask: { note: "Note", cancelText: "The task leaves the pool. Tasks that come from a document, such as a batch, are cancelled there and refused here." },
    fact: { about: "About", sku: "Product", container: "Container", ready: "Not before", lease: "Lease ends" },
    subject: { batch: "Batch", pick_task: "Putback", putaway: "Putaway", inspection: "Inspection", replenishment: "Replenishment", count_stretch: "Count", kit_job: "Kit job", stock: "Stock", container: "Container", transfer: "Transfer" },
    event: {
      created: "Created", assigned: "Given to {{who}}", started: "{{who}} started", paused: "{{who}} paused", resumed: "{{who}} goes on", released: "Back in the pool from {{who}}", handed_over: "Handed over to {{who}}", expired: "Back in the pool: no sign of life of {{who}}", reprioritised: "Priority {{priority}}", done: "Done", cancelled: "Cancelled",
    },
    tasks: { title: "Tasks", hint: "Everything people and robots do in the warehouse: who does it, since when, what is late.", search: "Task, document number, place", empty: "No tasks", emptyHint: "Waves, receipts, replenishment and counts make tasks; they show up here." },
    floor: {
      title: "Floor", noWarehouse: "There is no warehouse yet", noWarehouseHint: "Make a warehouse first, so that tasks have a place.", onShift: "On shift", busy: "At work", busyOf: "of {{count}} on shift", waiting: "Waiting", late: "Late", doneHour: "Done in the last hour",
      who: "Who does what", map: "Where tasks and people are", waits: "What waits, by zone", lateTitle: "Late tasks", allLate: "All {{count}}", doing: "Doing", since: "Since", seen: "seen", queue: "Next / paused", queueHint: "{{assigned}} waiting for them, {{paused}} set aside", done8: "Done in 8 h",
      idle: "Idle", offShift: "Off shift", placeUnknown: "Place unknown", nobody: "Nobody is on shift", nobodyHint: "Put people on shift under Workers, or let them begin their shift on the handheld.", nothingWaits: "Nothing waits", nothingWaitsHint: "New waves, receipts and replenishments show up here.", nothingLate: "Nothing is late",
      workedFor: "{{minutes}} min so far", workedOf: "{{minutes}} of {{expected}} min expected", noZone: "Any zone", cell: "{{units}} units, {{minutes}} min of work, {{later}} not ready yet", oldest: "oldest", lateIn: "{{count}} late", work: "Work", where: "Where", tasksHere: "{{count}} tasks",
    },
    plan: {
      action: "Plan work", title: "Plan work", hint: "What everybody on shift does next, by skill, equipment, place, due time and what they have already, with few empty ways: a putaway on the way back from a pick. Nothing changes before it is applied.", queue: "Tasks for each", apply: "Give out {{count}} tasks", applied: "{{count}} tasks given out",
      refused: "{{count}} tasks changed meanwhile and were not given out; this is the new plan", from: "from {{who}}", late: "{{minutes}} min late", walk: "{{seconds}} s to walk", nothing: "Nothing fits", more: "{{count}} more", unassigned: "Nobody for these ({{count}})", why: "Why",
      sumTasks: "Tasks to give out", sumWalk: "Empty ways", sumLate: "Late in all", sumChanges: "Changing hands",
    },
    why: { no_skill: "Nobody on shift has the skill or does this kind", no_equipment: "Nobody on shift has the equipment", skill_and_equipment_not_together: "Nobody has both the skill and the equipment", no_time_before_shift_end: "No time before the shift ends", nobody_on_shift: "Nobody is on shift" },
    shifts: {
      title: "Shifts", hint: "By the clock of the warehouse. The plan gives everybody only what they can finish before their shift ends and around their breaks; shortly before the end, long tasks are kept for others unless they are urgent or nobody else can do them.", add: "Add a shift", edit: "Change {{name}}", remove: "Delete {{name}}", removeText: "Usual shift of {{count}} people. Whoever is on shift keeps its end.", removeOk: "Delete", empty: "No shifts yet", emptyHint: "Without shifts nobody knows when people go home, and the plan has no bounds.",
      name: "Name", nameHint: "such as Early", hours: "Hours", hoursHint: "An end before the beginning is on the next day.", breaks: "Breaks", noBreaks: "none", addBreak: "Add a break", removeBreak: "Remove the break", workers: "People", usual: "Usual shift", usualHint: "If none, the shift of the warehouse that begins nearest to when they come.", until: "until {{at}}", rest: "break {{from}}–{{to}}", onBreak: "On break",
    },
    workers: {
      title: "Workers", hint: "Skills, equipment and kinds decide who can take which task.", search: "Username, name", add: "Add a worker", edit: "Change {{name}}", who: "Person", can: "What they can do", canHint: "Codes in small letters, such as forklift or hazard. Tasks that ask for nothing go to anybody.", homeHint: "Where planning takes them to be before their first scan.", kindsHint: "Left empty: all kinds.", allKinds: "All",
      on: "On shift", off: "Off shift", begin: "Begin shift", end: "End shift", begun: "{{name}} is on shift", ended: "{{name}} is off shift", endText: "The {{count}} tasks that {{name}} has go back to the pool.", empty: "No workers yet", emptyHint: "Add workers, or let them scan something on a handheld.",
    },
  },
);
