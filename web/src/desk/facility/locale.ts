import { addLocale } from "@/shared/i18n";

export default addLocale(
  "facility",
  {
    locationKind: { pick_face: "拣货位", reserve: "存储位", staging: "暂存区", pack_station: "打包台", dock: "月台", returns: "退货区", quarantine: "待检区", damaged: "残次区", supplier: "供应商", customer: "客户", adjustment: "调整", scrap: "报废", transit: "在途" },
    zoneKind: { storage: "存储区", staging: "暂存区", packing: "打包区", dock: "月台", special: "特殊区", virtual: "虚拟" },
    temperature: { ambient: "常温", chilled: "冷藏", frozen: "冷冻" },
    state: { active: "启用", inactive: "停用" },
    col: { code: "编码", name: "名称", region: "地区", address: "地址", timezone: "时区", cutoff: "截单时间", active: "状态", warehouse: "仓库", zone: "库区", kind: "类型", aisle: "巷道", side: "侧", level: "层", sequence: "拣货顺序", maxWeight: "承重", size: "宽×深×高", position: "坐标", sku: "商品", lot: "批次", quantity: "数量", allocated: "已分配", condition: "状态", expires: "有效期" },
    filter: { warehouse: "仓库", zone: "库区", kind: "类型", active: "启用", level: "层" },
    warehouses: {
      title: "仓库", new: "新建仓库", edit: "修改仓库 {{code}}", empty: "还没有仓库", emptyHint: "先建仓库，再生成布局或导入库位。", search: "编码、名称", layout: "生成布局", map: "看地图", basics: "仓库", place: "位置与时间",
      latitude: "纬度", longitude: "经度", region: "地区编码", contact: "联系人", contactHint: "运单上的寄件人", phone: "电话", regionHint: "六位行政区划代码，用于就近分仓。", cutoffHint: "当天这个时间前审核的订单当天发出。", timezone: "时区", isActive: "启用",
    },
    map: {
      title: "仓库布局", colour: "颜色", byFill: "占用率", byKind: "类型", none: "不着色", layout: "生成布局", locations: "库位列表", choose: "点击一个库位，看它的库存", chooseHint: "拖动平移，滚轮缩放，方向键移动。", find: "查找库位", notFound: "没有库位 {{code}}", stock: "{{code}} 的库存", noStock: "这里没有库存", noStockHint: "空库位可以上架。", levels: "同一格的各层", units: "{{count}} 件", fill: "占用 {{percent}}", unknownFill: "尺寸不全，无法计算占用率", inactive: "停用",
      totals: "{{locations}} 个库位，{{used}} 个有货", openStock: "在库存查询中打开", noLayout: "这个仓库还没有布局", noLayoutHint: "用参数生成巷道、货架和作业区，或从导入中心导入库位坐标。", generate: "生成布局", usage: "占用", noWarehouse: "还没有仓库",
    },
    layout: {
      title: "生成布局", subtitle: "{{name}}：按参数生成巷道、货架、月台和打包台。先看预览，再写入。", zones: "存储库区", zone: "库区 {{index}}", addZone: "再加一个库区", removeZone: "删除库区 {{index}}", floor: "作业区", code: "编码", name: "名称", temperature: "温层", aisles: "巷道数", blocks: "区块数", blocksHint: "区块之间有横向通道。", bays: "每侧货架格数", levels: "层数", pickLevels: "拣货层数", pickHint: "从地面数起；以上为存储位。", bayWidth: "格宽", rackDepth: "货架深", aisleWidth: "巷道宽", crossWidth: "横向通道宽", levelHeight: "层高", dimensions: "尺寸（毫米）",
      front: "前场深度（毫米）", docks: "月台", staging: "暂存区", stations: "打包台", replace: "替换现有布局", replaceHint: "仅当现有库位从未被使用时可以替换；否则新库区加在右侧。", preview: "预览", previewing: "正在计算预览…", write: "写入布局", written: "已生成 {{count}} 个库位", total: "新增 {{n}} 个库位", size: "{{width}} × {{depth}} 米", confirmReplace: "替换会删除现有的全部库区和库位。", problem: "这些参数不行", floorOnce: "作业区只在第一次生成布局时建立。",
    },
    locations: {
      title: "库位", edit: "修改库位 {{code}}", search: "库位编码开头", empty: "还没有库位", emptyHint: "在“仓库布局”里生成，或从导入中心导入。", activate: "启用", deactivate: "停用", setKind: "改类型", setKindText: "改为不可售的类型后，这些库位上的货立即不再可售。", confirmOff: "停用 {{count}} 个库位？停用后不再分配库存，其上的货立即不可售。", newKind: "新类型", sequenceHint: "数字小的先拣。", maxWeightHint: "克；不填不限。", width: "宽（毫米）", depth: "深（毫米）", height: "高（毫米）", x: "横坐标（毫米）", y: "纵坐标（毫米）", basics: "库位", geometry: "位置与尺寸", onMap: "在地图上看", renumber: "重排拣货顺序", renumberText: "按 S 形路线重新编号全部库位，进行中的拣货单不受影响。", renumbered: "已重排 {{count}} 个库位",
    },
  },
  {
    locationKind: { pick_face: "Pick face", reserve: "Reserve", staging: "Staging", pack_station: "Pack station", dock: "Dock", returns: "Returns", quarantine: "Quarantine", damaged: "Damaged", supplier: "Supplier", customer: "Customer", adjustment: "Adjustment", scrap: "Scrap", transit: "In transit" },
    zoneKind: { storage: "Storage", staging: "Staging", packing: "Packing", dock: "Dock", special: "Special", virtual: "Virtual" },
    temperature: { ambient: "Ambient", chilled: "Chilled", frozen: "Frozen" },
    state: { active: "Active", inactive: "Inactive" },
    col: { code: "Code", name: "Name", region: "Region", address: "Address", timezone: "Time zone", cutoff: "Cut-off", active: "State", warehouse: "Warehouse", zone: "Zone", kind: "Kind", aisle: "Aisle", side: "Side", level: "Level", sequence: "Pick order", maxWeight: "Bears", size: "W×D×H", position: "Position", sku: "SKU", lot: "Lot", quantity: "Quantity", allocated: "Allocated", condition: "Condition", expires: "Expires" },
    filter: { warehouse: "Warehouse", zone: "Zone", kind: "Kind", active: "Active", level: "Level" },
    warehouses: {
      title: "Warehouses", new: "New warehouse", edit: "Change warehouse {{code}}", empty: "No warehouses yet", emptyHint: "Make a warehouse, then generate its layout or import its locations.", search: "Code, name", layout: "Generate layout", map: "Map", basics: "Warehouse", place: "Place and time",
      latitude: "Latitude", longitude: "Longitude", region: "Region code", contact: "Contact", contactHint: "Sender on waybills", phone: "Phone", regionHint: "Six digits; used to ship from nearby.", cutoffHint: "Orders approved by then leave the same day.", timezone: "Time zone", isActive: "Active",
    },
    map: {
      title: "Warehouse map", colour: "Colour", byFill: "Fill", byKind: "Kind", none: "None", layout: "Generate layout", locations: "Locations", choose: "Click a location to see its stock", chooseHint: "Drag to pan, wheel to zoom, arrow keys to move.", find: "Find a location", notFound: "No location {{code}}", stock: "Stock at {{code}}", noStock: "Nothing lies here", noStockHint: "An empty location can take goods.", levels: "Levels of this bay", units: "{{count}} units", fill: "{{percent}} full", unknownFill: "Sizes are missing, so fill is unknown", inactive: "inactive",
      totals: "{{locations}} locations, {{used}} with goods", openStock: "Open in stock", noLayout: "This warehouse has no layout yet", noLayoutHint: "Generate aisles, racks and stations from parameters, or import coordinates.", generate: "Generate layout", usage: "Fill", noWarehouse: "No warehouse yet",
    },
    layout: {
      title: "Generate a layout", subtitle: "{{name}}: aisles, racks, docks and pack stations from parameters. Look first, then write.", zones: "Storage zones", zone: "Zone {{index}}", addZone: "Add a zone", removeZone: "Remove zone {{index}}", floor: "Open floor", code: "Code", name: "Name", temperature: "Temperature", aisles: "Aisles", blocks: "Blocks", blocksHint: "A cross-aisle lies between blocks.", bays: "Bays on each side", levels: "Levels", pickLevels: "Pick levels", pickHint: "From the floor; above them is reserve.", bayWidth: "Bay width", rackDepth: "Rack depth", aisleWidth: "Aisle width", crossWidth: "Cross-aisle width", levelHeight: "Level height", dimensions: "Measures (mm)",
      front: "Depth of the front (mm)", docks: "Docks", staging: "Staging areas", stations: "Pack stations", replace: "Replace what is there", replaceHint: "Only while no location was ever used; otherwise new zones stand to the right.", preview: "Preview", previewing: "Making the preview…", write: "Write the layout", written: "{{count}} locations made", total: "{{n}} new locations", size: "{{width}} × {{depth}} m", confirmReplace: "Replacing removes all zones and locations that are there.", problem: "These parameters do not work", floorOnce: "The open floor is made with the first layout only.",
    },
    locations: {
      title: "Locations", edit: "Change location {{code}}", search: "Beginning of the code", empty: "No locations yet", emptyHint: "Generate them on the warehouse map, or import them.", activate: "Activate", deactivate: "Deactivate", setKind: "Change kind", setKindText: "Goods at kinds that are not sold from stop being sellable at once.", confirmOff: "Deactivate {{count}} locations? Nothing is allocated there any more, and goods there stop being sellable at once.", newKind: "New kind", sequenceHint: "Smaller is picked earlier.", maxWeightHint: "Grams; empty means no limit.", width: "Width (mm)", depth: "Depth (mm)", height: "Height (mm)", x: "x (mm)", y: "y (mm)", basics: "Location", geometry: "Place and size", onMap: "Show on the map", renumber: "Renumber pick order", renumberText: "Numbers all locations anew along an S-shaped walk; batches under way are not touched.", renumbered: "{{count}} locations renumbered",
    },
  },
);
