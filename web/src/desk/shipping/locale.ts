import { addLocale } from "@/shared/i18n";

export default addLocale(
  "shipping",
  {
    parcels: {
      title: "包裹", search: "包裹号、运单号", empty: "还没有包裹", emptyHint: "复核打包封箱后，包裹会出现在这里。",
      tab: { all: "全部", open: "打包中", sealed: "待取运单", labelled: "待交接", shipped: "已发运", cancelled: "已取消" },
      lines: "箱内商品", label: "打印面单", takeLabel: "取运单号", otherService: "换承运产品", otherServiceText: "原来向承运商下的单会自动取消。", stopped: "订单挂起或取消中：不要交接这个包裹", packingList: "打印装箱单", cancel: "作废包裹", cancelText: "作废 {{number}}：运单一并作废，{{units}} 件商品回到待打包状态，需要重新扫描。", cancelDone: "{{number}} 已作废",
    },
    state: {
      parcel: { open: "打包中", sealed: "待取运单", labelled: "待交接", shipped: "已发运", cancelled: "已取消" },
      waybill: { issued: "已出单", handed_over: "已交接", cancelled: "已作废" },
      manifest: { open: "装车中", closed: "已交接" },
      source: { pool: "我方号段", carrier: "承运商系统" },
      active: "启用", inactive: "停用",
    },
    col: {
      number: "包裹号", state: "状态", order: "订单", fulfilment: "发货单", waybill: "运单号", carrier: "承运商", service: "承运产品", carton: "包材", units: "件数", weight: "实重", expected: "理论重", packedBy: "打包人", sealed: "封箱时间", shipped: "发运时间",
      warehouse: "仓库", manifest: "交接单", parcels: "包裹数", opened: "开单", closed: "交接时间", driver: "司机", code: "编码", name: "名称", active: "状态", lead: "时效", maxWeight: "限重", divisor: "体积系数", priority: "优先级",
      region: "地区前缀", first: "首重", step: "续重", currency: "币种", size: "内尺寸 长×宽×高", tare: "自重", cost: "单价", volume: "容积", prefix: "号段前缀", next: "下一个号", last: "最后一个号", remaining: "剩余", source: "运单来源", product: "承运商产品代码", alertBelow: "低于此数提醒",
      charged: "计费重", freight: "运费", issued: "出单时间", sku: "商品",
    },
    filter: { carrier: "承运商", service: "承运产品", active: "启用" },
    manifests: {
      title: "发运交接", open: "开交接单", openTitle: "开交接单", openHint: "同一仓库和承运商只有一张装车中的交接单；已有的会直接打开。", empty: "还没有交接单", emptyHint: "承运商来揽收时，开一张交接单，把包裹逐个扫上去。",
      tab: { open: "装车中", closed: "已交接", all: "全部" },
      kind: "交接单", scan: "扫描包裹面单", scanHint: "逐个扫描运单号或包裹号；声音提示对错，全程不用鼠标。", loaded: "{{code}} 已装车", 
      handover: "完成交接", handoverTitle: "与 {{carrier}} 交接", handoverText: "{{count}} 个包裹将标记为已发运，对应库存同时出库，之后不能再增减。", driver: "司机", done: "{{number}} 已交接，共 {{count}} 个包裹", removed: "{{count}} 个包裹因订单挂起或取消被移出，请从车上取下：{{numbers}}",
      pdf: "打印交接单", list: "包裹清单", none: "还没有包裹", noneHint: "扫描包裹上的面单，把它加到这张交接单。", weight: "总重", emptyRefused: "交接单上还没有包裹", closedAlready: "已经交接", remove: "移出", removedOne: "{{code}} 已移出交接单",
    },
    carriers: {
      title: "承运商与运价", tab: { carriers: "承运商", services: "承运产品", rates: "运价", pools: "运单号段" },
      new: "新建承运商", edit: "修改承运商 {{code}}", empty: "还没有承运商", emptyHint: "先建承运商，再建它的承运产品、运价和运单号段，系统才能自动选择最便宜的送达方式。",
      newService: "新建承运产品", editService: "修改承运产品 {{code}}", emptyServices: "还没有承运产品", newRate: "新建运价", editRate: "修改运价", emptyRates: "还没有运价", emptyRatesHint: "没有运价的承运产品不会被选中。",
      newPool: "录入号段", editPool: "修改号段", emptyPools: "还没有运单号段", emptyPoolsHint: "把承运商分配的号段录入，封箱时自动取号。",
      divisorHint: "立方厘米每千克；0 表示不计体积重。", priorityHint: "价格相同时，数字小的优先。", regionHint: "地区编码的前几位，留空适用全国；最长匹配优先。", allWarehouses: "全部仓库", deleteRate: "删除这条运价？", deleteRateText: "{{service}} 到 {{region}} 的价格将不再可用，已出的运单不受影响。", allRegions: "全国",
      firstWeight: "首重（克）", firstPrice: "首重价格", stepWeight: "续重（克）", stepPrice: "续重价格", maxWeightG: "限重（克）", leadDays: "时效（天）", firstNumber: "首号", lastNumber: "末号", digits: "数字位数", rateText: "{{weight}} 内 {{price}}", stepText: "每 {{weight}} 加 {{price}}", days: "{{count}} 天",
      productHint: "向承运商系统下单时用，如 SF 的 1、2；留空用本编码。", live: "承运商实时报价", liveNone: "没有承运商给出报价", quote: "试算运费", quoteTitle: "试算运费", quoteRegion: "目的地区编码", quoteWeight: "重量（克）", quoteRun: "试算", quoteNone: "没有承运产品能送达", quoteNoneHint: "检查限重、地区前缀和运价。", best: "将选用",
    },
    cartons: { title: "包材", new: "新建包材", edit: "修改包材 {{code}}", empty: "还没有包材", emptyHint: "录入常用纸箱和袋子的内尺寸，打包时会推荐放得下的最小一种。", length: "内长（毫米）", width: "内宽（毫米）", height: "内高（毫米）", tare: "自重（克）", maxWeight: "限重（克）", cost: "单价" },
    code: "编码", name: "名称", isActive: "启用", litre: "{{value}} 升",
  },
  {
    parcels: {
      title: "Parcels", search: "Parcel or waybill", empty: "No parcels yet", emptyHint: "Parcels show here once packing has sealed them.",
      tab: { all: "All", open: "Packing", sealed: "No waybill yet", labelled: "To hand over", shipped: "Shipped", cancelled: "Cancelled" },
      lines: "Inside", label: "Print label", takeLabel: "Take a waybill", otherService: "Other service", otherServiceText: "What was ordered from the carrier before is cancelled there.", stopped: "The order is on hold or being cancelled: do not hand this parcel over", packingList: "Print packing list", cancel: "Void parcel", cancelText: "Voids {{number}} with its waybill; its {{units}} units wait to be packed and scanned again.", cancelDone: "{{number}} voided",
    },
    state: {
      parcel: { open: "Packing", sealed: "No waybill yet", labelled: "To hand over", shipped: "Shipped", cancelled: "Cancelled" },
      waybill: { issued: "Issued", handed_over: "Handed over", cancelled: "Void" },
      manifest: { open: "Loading", closed: "Handed over" },
      source: { pool: "Our numbers", carrier: "Carrier's system" },
      active: "Active", inactive: "Inactive",
    },
    col: {
      number: "Parcel", state: "State", order: "Order", fulfilment: "Fulfilment", waybill: "Waybill", carrier: "Carrier", service: "Service", carton: "Carton", units: "Units", weight: "Weight", expected: "Expected", packedBy: "Packed by", sealed: "Sealed", shipped: "Shipped",
      warehouse: "Warehouse", manifest: "Manifest", parcels: "Parcels", opened: "Opened", closed: "Handed over", driver: "Driver", code: "Code", name: "Name", active: "State", lead: "Lead time", maxWeight: "Weight limit", divisor: "Volumetric divisor", priority: "Priority",
      region: "Region prefix", first: "First weight", step: "Each further", currency: "Currency", size: "Inside L×W×H", tare: "Tare", cost: "Cost", volume: "Volume", prefix: "Prefix", next: "Next number", last: "Last number", remaining: "Left", source: "Waybills from", product: "Carrier's code", alertBelow: "Alert below",
      charged: "Charged weight", freight: "Freight", issued: "Issued", sku: "SKU",
    },
    filter: { carrier: "Carrier", service: "Service", active: "Active" },
    manifests: {
      title: "Handover", open: "Open a manifest", openTitle: "Open a manifest", openHint: "A warehouse and carrier have one manifest in loading; if there is one, it opens.", empty: "No manifests yet", emptyHint: "When the carrier comes, open a manifest and scan the parcels onto it.",
      tab: { open: "Loading", closed: "Handed over", all: "All" },
      kind: "Manifest", scan: "Scan a parcel label", scanHint: "Scan waybills or parcel numbers one by one; sound says right or wrong, no mouse needed.", loaded: "{{code}} loaded", 
      handover: "Hand over", handoverTitle: "Hand over to {{carrier}}", handoverText: "{{count}} parcels become shipped and their stock leaves; nothing can be added or taken off afterwards.", driver: "Driver", done: "{{number}} handed over with {{count}} parcels", removed: "{{count}} parcels were taken off because their orders are on hold or cancelled; take them off the truck: {{numbers}}",
      pdf: "Print manifest", list: "Parcels", none: "No parcels yet", noneHint: "Scan the label of a parcel to put it on this manifest.", weight: "Weight", emptyRefused: "No parcel is on this manifest", closedAlready: "Handed over already", remove: "Take off", removedOne: "{{code}} taken off",
    },
    carriers: {
      title: "Carriers and rates", tab: { carriers: "Carriers", services: "Services", rates: "Rates", pools: "Waybill numbers" },
      new: "New carrier", edit: "Change carrier {{code}}", empty: "No carriers yet", emptyHint: "Enter a carrier, then its services, rates and waybill numbers, so that the cheapest way can be chosen for each parcel.",
      newService: "New service", editService: "Change service {{code}}", emptyServices: "No services yet", newRate: "New rate", editRate: "Change rate", emptyRates: "No rates yet", emptyRatesHint: "A service without a rate is never chosen.",
      newPool: "Enter numbers", editPool: "Change numbers", emptyPools: "No waybill numbers yet", emptyPoolsHint: "Enter the ranges that carriers gave you; sealing takes the next number.",
      divisorHint: "cm³ per kg; 0 means that size does not count.", priorityHint: "At equal price the smaller number goes first.", regionHint: "First digits of the region code; empty means everywhere; the longest match wins.", allWarehouses: "All warehouses", deleteRate: "Remove this rate?", deleteRateText: "The price of {{service}} to {{region}} will be gone; issued waybills stay as they are.", allRegions: "everywhere",
      firstWeight: "First weight (g)", firstPrice: "First price", stepWeight: "Step (g)", stepPrice: "Step price", maxWeightG: "Weight limit (g)", leadDays: "Lead time (days)", firstNumber: "First number", lastNumber: "Last number", digits: "Digits", rateText: "up to {{weight}}: {{price}}", stepText: "each {{weight}}: {{price}}", days: "{{count}} days",
      productHint: "Used when ordering there, such as 1 or 2 of SF; empty: our code.", live: "Live offers of carriers", liveNone: "No carrier made an offer", quote: "Try a quote", quoteTitle: "Try a quote", quoteRegion: "Destination region code", quoteWeight: "Weight (g)", quoteRun: "Quote", quoteNone: "No service reaches it", quoteNoneHint: "Check weight limits, region prefixes and rates.", best: "would be chosen",
    },
    cartons: { title: "Cartons", new: "New carton", edit: "Change carton {{code}}", empty: "No cartons yet", emptyHint: "Enter the inside sizes of your boxes and bags; packing proposes the smallest that fits.", length: "Inside length (mm)", width: "Inside width (mm)", height: "Inside height (mm)", tare: "Tare (g)", maxWeight: "Weight limit (g)", cost: "Cost" },
    code: "Code", name: "Name", isActive: "Active", litre: "{{value}} l",
  },
);
