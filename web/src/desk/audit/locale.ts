import { addLocale } from "@/shared/i18n";

export default addLocale(
  "audit",
  {
    title: "操作日志", hint: "谁在什么时候从哪里改了什么，改之前和改之后。只能追加，不能修改。",
    empty: "没有操作记录", emptyHint: "每次修改业务数据都会留下一条记录。",
    col: { at: "时间", actor: "操作人", action: "操作", entity: "对象", change: "变化", address: "来源地址", request: "请求编号", field: "字段", before: "变更前", after: "变更后" },
    filter: { kind: "对象类型", id: "对象编号", user: "用户", action: "操作代码", dates: "日期" },
    actor: { user: "用户", program: "程序", api_key: "程序", system: "系统" },
    record: "操作记录 {{id}}", entity: "{{kind}} {{id}}", history: "这个对象的全部记录", noChange: "没有字段变化", more: "等 {{count}} 项", empty_value: "空", yes: "是", no: "否", created: "新建", deleted: "删除",
    verb: {
      created: "新建", create: "新建", opened: "打开", open: "打开", changed: "修改", change: "修改", updated: "修改", deleted: "删除", delete: "删除", removed: "移除", approved: "审核通过", held: "挂起", hold_released: "解除挂起", released: "下发", cancelled: "取消", stepped: "状态变化", shipped: "发运", sealed: "封箱", labelled: "取运单",
      started: "开始拣货", given_back: "交还", picked: "拣货", confirmed: "确认", planned: "计划", closed: "关闭", close: "关闭", signed_in: "登录", signed_out: "退出", sign_in_failed: "登录失败", locked: "锁定", password_changed: "修改密码", password_reset: "重置密码", revoked: "吊销", deactivated: "停用", activated: "启用", imported: "导入",
      applied: "写入", adjusted: "调整", moved: "移动", placed: "冻结", expired: "过期", recipient_viewed: "查看收件信息", viewed: "查看", recipient_changed: "修改收件信息", generated: "生成布局", renumbered: "重排顺序", handed_over: "交接", loaded: "装车", backorders_filled: "补货到位", service_changed: "换承运产品",
    },
    kind: {
      sales_order: "订单", order: "订单", fulfilment: "发货单", wave: "波次", batch: "拣货单", pick_task: "拣货任务", parcel: "包裹", manifest: "交接单", waybill: "运单", sku: "商品", barcode: "条码", user: "用户", api_key: "接口密钥", warehouse: "仓库", location: "库位", layout: "布局", shop: "店铺",
      owner: "货主", customer: "客户", carrier: "承运商", carrier_service: "承运产品", rate_rule: "运价", carton: "包材", waybill_pool: "运单号段", stock: "库存", stock_hold: "库存冻结", lot: "批次", import_job: "导入任务", blocked_contact: "黑名单",
    },
  },
  {
    title: "Audit log", hint: "Who changed what, when and from where, before and after. It only grows.",
    empty: "Nothing recorded", emptyHint: "Every change of business data leaves an entry.",
    col: { at: "When", actor: "Who", action: "Action", entity: "Of", change: "Change", address: "Address", request: "Request", field: "Field", before: "Before", after: "After" },
    filter: { kind: "Kind", id: "Its id", user: "User", action: "Action code", dates: "Dates" },
    actor: { user: "User", program: "Program", api_key: "Program", system: "System" },
    record: "Entry {{id}}", entity: "{{kind}} {{id}}", history: "Everything about it", noChange: "No field changed", more: "and {{count}} more", empty_value: "empty", yes: "yes", no: "no", created: "created", deleted: "deleted",
    verb: {
      created: "created", create: "created", opened: "opened", open: "opened", changed: "changed", change: "changed", updated: "changed", deleted: "deleted", delete: "deleted", removed: "removed", approved: "approved", held: "held", hold_released: "hold released", released: "released", cancelled: "cancelled", stepped: "moved on", shipped: "shipped", sealed: "sealed", labelled: "labelled",
      started: "picking begun", given_back: "given back", picked: "picked", confirmed: "confirmed", planned: "planned", closed: "closed", close: "closed", signed_in: "signed in", signed_out: "signed out", sign_in_failed: "sign-in failed", locked: "locked", password_changed: "password changed", password_reset: "password reset", revoked: "revoked", deactivated: "deactivated", activated: "activated", imported: "imported",
      applied: "applied", adjusted: "adjusted", moved: "moved", placed: "held", expired: "expired", recipient_viewed: "recipient viewed", viewed: "viewed", recipient_changed: "recipient changed", generated: "laid out", renumbered: "renumbered", handed_over: "handed over", loaded: "loaded", backorders_filled: "backorders filled", service_changed: "service changed",
    },
    kind: {
      sales_order: "Order", order: "Order", fulfilment: "Fulfilment", wave: "Wave", batch: "Batch", pick_task: "Pick task", parcel: "Parcel", manifest: "Manifest", waybill: "Waybill", sku: "SKU", barcode: "Barcode", user: "User", api_key: "API key", warehouse: "Warehouse", location: "Location", layout: "Layout", shop: "Shop",
      owner: "Owner", customer: "Customer", carrier: "Carrier", carrier_service: "Carrier service", rate_rule: "Rate", carton: "Carton", waybill_pool: "Waybill numbers", stock: "Stock", stock_hold: "Stock hold", lot: "Lot", import_job: "Import", blocked_contact: "Blocked contact",
    },
  },
);
