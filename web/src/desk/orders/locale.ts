import { addLocale } from "@/shared/i18n";

export default addLocale(
  "orders",
  {
    title: "订单",
    search: "单号、手机号、尾号、收件人",
    tab: { all: "全部", pending: "待审核", held: "异常", short: "缺货", cancelling: "取消中", waiting: "未到发货时间", approved: "已审核", fulfilling: "仓内处理", partially_shipped: "部分发货", shipped: "已发货", cancelled: "已取消", merged: "已合并" },
    state: { pending: "待审核", approved: "已审核", fulfilling: "仓内处理", partially_shipped: "部分发货", shipped: "已发货", cancelled: "已取消", merged: "已合并", fulfilment: { ready: "待排波", released: "拣货中", picked: "待打包", packed: "已打包", shipped: "已发货", cancelled: "已取消" }, parcel: { open: "打包中", sealed: "已封箱", labelled: "待交接", shipped: "已发出", cancelled: "已取消" } },
    col: {
      number: "订单号", external: "平台单号", shop: "店铺", state: "状态", recipient: "收件人", region: "地区", lines: "明细", units: "件数", amount: "金额",
      placed: "下单", promised: "承诺送达", shipAfter: "开始发货", tags: "标签", kind: "类型", holds: "挂起", owner: "货主", updated: "更新", remark: "备注",
      sku: "商品", ordered: "订购", price: "单价", progress: "进度", line: "行",
    },
    filter: { sku: "商品编码", shop: "店铺", hold: "挂起原因", placed: "下单", state: "状态", owner: "货主", tag: "标签", kind: "订单类型", channel: "渠道", several: "合单", severalYes: "同收件人多单" },
    flag: { held: "挂起", short: "缺货", cancelling: "取消中", late: "已超时", sealed: "平台加密", afterPromise: "晚于承诺" },
    wish: { wish_merge: "待合单", wish_split_temperature: "待按温层拆单", wish_split_hazard: "待按危险品拆单", wish_split_stock: "待按库存拆单", wish_split_weight: "待按重量拆单" },
    buyer: {
      title: "{{number}} 的买家页面", hint: "把链接发给买家，不用登录就能看订单和物流；每次打开得到的是同一个链接。", link: "买家页面链接", copy: "复制链接", copied: "链接已复制", open: "打开", revoke: "作废链接", revokeText: "原来的链接立即失效，并换成新链接。", revoked: "旧链接已作废，这是新链接",
      wishes: { none: "没有偏好", home: "送货上门，先打电话", doorstep: "放在门口", pickup_point: "放自提点或快递柜", workday: "工作日送", weekend: "周末送" },
    },
    hold: {
      rule: "规则挂起", platform: "平台暂不放行", refund: "买家申请取消", credit: "客户信用不足",
      stock_short: "库存不足", amount_limit: "金额超限", address_incomplete: "地址不完整", blocked_customer: "黑名单客户", duplicate_suspected: "疑似重复下单",
      remark: "备注需要人工处理", manual: "人工挂起", damaged: "仓内破损", presale_limit: "超出预售限量",
    },
    action: { approve: "审核通过", hold: "挂起", releaseHold: "解除挂起", cancel: "取消订单", change: "修改", reveal: "显示完整信息", fillBackorders: "重新配货", import: "导入订单", buyerPage: "买家页面" },
    ask: {
      holdReason: "挂起说明", cancelReason: "取消原因", cancelText: "将取消 {{number}} 的全部未发货商品（{{units}} 件），并释放预占的库存。", cancelManyText: "将取消所选订单的全部未发货商品，并释放预占的库存。",
      releaseNote: "处理说明", holdText: "挂起后，订单不会进入波次，直到有人解除。",
    },
    done: { approve: "{{number}} 已审核", hold: "{{number}} 已挂起", "release-hold": "{{number}} 已解除挂起", "credit-override": "{{number}} 已放行", cancel: "{{number}} 已取消", change: "{{number}} 已修改", fill: "重新配货完成：{{count}} 张订单得到库存" },
    change: { title: "修改 {{number}}", recipient: "收件人", name: "姓名", phone: "手机", address: "详细地址", region: "地区编码", remark: "卖家备注", quantities: "数量", hint: "只填写要修改的内容；留空的保持不变。" },
    fact: { shop: "店铺", external: "平台单号", placed: "下单时间", promised: "承诺送达", expected: "预计送达", shipAfter: "开始发货", shipBy: "最晚发货", kind: "订单类型", tags: "标签", service: "指定承运产品", only: "只从这些仓发", never: "不从这些仓发", channelOrder: "渠道订单", wish: "买家收货偏好", recipient: "收件人", region: "地区", amount: "订单金额", freight: "运费", discount: "优惠", priority: "优先级", buyerRemark: "买家备注", sellerRemark: "卖家备注", owner: "货主", customer: "客户" },
    detail: { lines: "明细", fulfilments: "发货单", parcels: "包裹", tickets: "工单", noFulfilments: "还没有发货单", noFulfilmentsHint: "订单审核通过并预占库存后，会为每个仓库生成发货单。", noParcels: "还没有包裹", noParcelsHint: "仓库复核打包后，这里会显示包裹和运单号。", kit: "套装 {{code}} 的组件", warehouse: "仓库", wave: "波次", tracking: "运单号", track: "物流", sealedHint: "收件人信息由平台加密，只能通过平台打单和联系。", carrier: "承运商", weight: "重量", parcel: "包裹号", fulfilment: "发货单号", units: "件数", state: "状态" },
    qty: { reserved: "预占", backordered: "缺货", allocated: "已分配", shipped: "已发货", cancelled: "已取消" },
    empty: { title: "还没有订单", hint: "从导入中心导入平台导出的订单文件，或通过接口推送。", pending: "没有待审核的订单", pendingHint: "审单规则拦下的订单会出现在这里。", short: "没有缺货的订单", shortHint: "库存不够时，订单会出现在这里，到货后自动配货。", held: "没有异常订单", heldHint: "被挂起的订单会出现在这里。", waiting: "没有等待发货时间的订单", waitingHint: "预售待释放、或约定时间后才能发货的订单会出现在这里。", cancelling: "没有等待仓库答复的取消", cancellingHint: "拣货开始后申请取消的订单会出现在这里。" },
    event: {
      created: "订单创建", imported: "导入", intake: "接单", approved: "审核通过", held: "挂起", hold_placed: "挂起", hold_released: "解除挂起", cancelled: "取消", changed: "修改", reserved: "预占库存", shorted: "库存不足", backorder_filled: "补货到位", filled: "补货到位", released: "解除挂起", stepped: "进度更新", cancel_answered: "仓库答复取消", split: "拆单", merged: "合单", unmerged: "取消合单", substituted: "替代发货", gift_added: "添加赠品", gift_dropped: "赠品缺货未发", exchanged: "换货 / 补发", balance_paid: "尾款已付", presale_released: "预售释放",
      fulfilment_created: "生成发货单", wave_released: "波次下发", picked: "拣货完成", packed: "打包完成", labelled: "打印面单", shipped: "已发货", cancel_requested: "申请取消", recipient_viewed: "查看收件信息", recipient_changed: "修改收件信息",
    },
  },
  {
    title: "Orders",
    search: "Number, phone, tail, recipient",
    tab: { all: "All", pending: "To audit", held: "Exceptions", short: "Short", cancelling: "Cancelling", waiting: "Not to ship yet", approved: "Approved", fulfilling: "In warehouse", partially_shipped: "Partly shipped", shipped: "Shipped", cancelled: "Cancelled", merged: "Merged" },
    state: { pending: "To audit", approved: "Approved", fulfilling: "In warehouse", partially_shipped: "Partly shipped", shipped: "Shipped", cancelled: "Cancelled", merged: "Merged", fulfilment: { ready: "To wave", released: "Being picked", picked: "To pack", packed: "Packed", shipped: "Shipped", cancelled: "Cancelled" }, parcel: { open: "Packing", sealed: "Sealed", labelled: "To hand over", shipped: "Shipped", cancelled: "Cancelled" } },
    col: {
      number: "Order", external: "Shop number", shop: "Shop", state: "State", recipient: "Recipient", region: "Region", lines: "Lines", units: "Units", amount: "Amount",
      placed: "Placed", promised: "Promised", shipAfter: "Ship after", tags: "Tags", kind: "Kind", holds: "Holds", owner: "Owner", updated: "Updated", remark: "Remark",
      sku: "SKU", ordered: "Ordered", price: "Price", progress: "Progress", line: "Line",
    },
    filter: { sku: "SKU", shop: "Shop", hold: "Hold reason", placed: "Placed", state: "State", owner: "Owner", tag: "Tag", kind: "Kind", channel: "Channel", several: "Merging", severalYes: "Several of one recipient" },
    flag: { held: "On hold", short: "Short", cancelling: "Cancelling", late: "Late", sealed: "Sealed", afterPromise: "After the promise" },
    wish: { wish_merge: "To be merged", wish_split_temperature: "To be split by temperature", wish_split_hazard: "To be split by hazard", wish_split_stock: "To be split by stock", wish_split_weight: "To be split by weight" },
    buyer: {
      title: "Buyer's page of {{number}}", hint: "Send the link to the buyer, who sees the order and its parcels without signing in. It is the same link each time.", link: "Link to the buyer's page", copy: "Copy link", copied: "Link copied", open: "Open", revoke: "Revoke link", revokeText: "The present link leads nowhere from now on; another takes its place.", revoked: "Revoked; this is the new link",
      wishes: { none: "No preference", home: "To the door, call first", doorstep: "Leave at the door", pickup_point: "To a pick-up point or locker", workday: "On working days", weekend: "At the weekend" },
    },
    hold: {
      rule: "Held by a rule", platform: "Stopped by the platform", refund: "Buyer wants to cancel", credit: "Customer's credit used up",
      stock_short: "Not enough stock", amount_limit: "Amount above the limit", address_incomplete: "Address incomplete", blocked_customer: "Blocked customer", duplicate_suspected: "Possible duplicate",
      remark: "Remark needs a person", manual: "Held by hand", damaged: "Damaged in the warehouse", presale_limit: "Beyond the pre-sale's limit",
    },
    action: { approve: "Approve", hold: "Hold", releaseHold: "Release hold", cancel: "Cancel order", change: "Change", reveal: "Show in full", fillBackorders: "Fill backorders", import: "Import orders", buyerPage: "Buyer's page" },
    ask: {
      holdReason: "Why", cancelReason: "Reason", cancelText: "Cancels everything of {{number}} that has not shipped ({{units}} units) and gives its reserved stock back.", cancelManyText: "Cancels everything of the selected orders that has not shipped and gives their reserved stock back.",
      releaseNote: "What was done", holdText: "A held order enters no wave until somebody releases it.",
    },
    done: { approve: "{{number}} approved", hold: "{{number}} held", "release-hold": "{{number}} released", "credit-override": "{{number}} let go on", cancel: "{{number}} cancelled", change: "{{number}} changed", fill: "Backorders filled: {{count}} orders got stock" },
    change: { title: "Change {{number}}", recipient: "Recipient", name: "Name", phone: "Phone", address: "Address", region: "Region code", remark: "Seller's remark", quantities: "Quantities", hint: "Fill in only what changes; what is empty stays." },
    fact: { shop: "Shop", external: "Shop number", placed: "Placed", promised: "Promised arrival", expected: "Expected arrival", shipAfter: "Ship after", shipBy: "Ship by", kind: "Kind", tags: "Tags", service: "Chosen service", only: "Only from", never: "Not from", channelOrder: "Channel order", wish: "Buyer's wish", recipient: "Recipient", region: "Region", amount: "Total", freight: "Freight", discount: "Discount", priority: "Priority", buyerRemark: "Buyer's remark", sellerRemark: "Seller's remark", owner: "Owner", customer: "Customer" },
    detail: { lines: "Lines", fulfilments: "Fulfilments", parcels: "Parcels", tickets: "Tickets", noFulfilments: "No fulfilments yet", noFulfilmentsHint: "Once the order is approved and its stock reserved, each warehouse gets one.", noParcels: "No parcels yet", noParcelsHint: "Parcels and waybills show here once the warehouse has packed.", kit: "Part of kit {{code}}", warehouse: "Warehouse", wave: "Wave", tracking: "Waybill", track: "On its way", sealedHint: "Only the platform can read the recipient; labels and contact go through it.", carrier: "Carrier", weight: "Weight", parcel: "Parcel", fulfilment: "Fulfilment", units: "Units", state: "State" },
    qty: { reserved: "Reserved", backordered: "Backordered", allocated: "Allocated", shipped: "Shipped", cancelled: "Cancelled" },
    empty: { title: "No orders yet", hint: "Import a file exported from your shop in the import centre, or push orders through the API.", pending: "Nothing to audit", pendingHint: "Orders stopped by an audit rule show here.", short: "No order is short", shortHint: "Orders wait here when stock runs out, and are filled when it arrives.", held: "No exceptions", heldHint: "Orders on hold show here.", waiting: "Nothing waits for its day", waitingHint: "Pre-sales that wait for their release and orders that are not to be shipped yet show here.", cancelling: "No cancellation waits for the warehouse", cancellingHint: "Orders cancelled after picking began show here." },
    event: {
      created: "Created", imported: "Imported", intake: "Received", approved: "Approved", held: "Held", hold_placed: "Held", hold_released: "Hold released", cancelled: "Cancelled", changed: "Changed", reserved: "Stock reserved", shorted: "Short of stock", backorder_filled: "Backorder filled", filled: "Backorder filled", released: "Hold released", stepped: "Progress", cancel_answered: "The warehouse answered the cancellation", split: "Split", merged: "Merged", unmerged: "Merge undone", substituted: "Substituted", gift_added: "Gift added", gift_dropped: "Missing gift left out", exchanged: "Exchanged or sent again", balance_paid: "Balance paid", presale_released: "Pre-sale released",
      fulfilment_created: "Fulfilment made", wave_released: "Wave released", picked: "Picked", packed: "Packed", labelled: "Label printed", shipped: "Shipped", cancel_requested: "Cancel requested", recipient_viewed: "Recipient viewed", recipient_changed: "Recipient changed",
    },
  },
);
