import { addLocale } from "@/shared/i18n";

export default addLocale(
  "entry",
  {
    title: "电话下单", hint: "全程键盘：输入手机号或粘贴收件信息，回车；输入商品编码、拼音首字母或扫码，回车；Ctrl+Enter 提交。",
    shop: "店铺", paste: "手机号，或粘贴一整段收件信息", pasteHelp: "例如：张三 138-1234-5678 上海市浦东新区世纪大道 100 号",
    read: "识别", known: "以前的收件人", knownOrders: "{{count}} 单", unknown: "这个号码没有下过单", customer: "客户", noCustomer: "不关联客户", blocked: "黑名单：{{reason}}",
    recipient: "收件人", name: "姓名", phone: "手机", region: "地区", address: "详细地址", missing: "还缺：{{fields}}", part: { name: "姓名", phone: "手机", region: "地区", address: "详细地址" },
    goods: "商品", search: "编码、名称、拼音首字母或条码", noGoods: "没有匹配的商品", noGoodsHint: "换一个词，或检查商品是否已上架。", available: "可售 {{count}}", kit: "套装", quantity: "数量", price: "单价", amount: "小计", remove: "移除 {{code}}", noLines: "还没有商品",
    noLinesHint: "在上方输入编码、拼音首字母或扫码，回车加入。", over: "超出可售 {{count}}，超出部分将缺货等待", last: "上次价格",
    freight: "运费", discount: "优惠", total: "应收", buyerRemark: "买家备注", sellerRemark: "内部备注",
    submit: "提交订单", submitKeys: "Ctrl+Enter", done: "订单 {{number}} 已提交", next: "下一单", open: "打开订单", held: "已挂起：{{holds}}", failed: "订单没有提交", pickShop: "请选择店铺", addLine: "请至少加入一个商品",
    keys: "↑ ↓ 选择 · Enter 加入 · Esc 清空", summary: "{{lines}} 行，{{units}} 件",
  },
  {
    title: "Phone order", hint: "All by keyboard: type a phone number or paste the recipient, Enter; type a code, pinyin initials or scan, Enter; Ctrl+Enter sends.",
    shop: "Shop", paste: "Phone number, or paste the whole recipient", pasteHelp: "For example: 张三 138-1234-5678 上海市浦东新区世纪大道 100 号",
    read: "Read", known: "Earlier recipients", knownOrders: "orders: {{count}}", unknown: "Nobody has ordered under this number", customer: "Customer", noCustomer: "No customer", blocked: "Blocked: {{reason}}",
    recipient: "Recipient", name: "Name", phone: "Phone", region: "Region", address: "Address", missing: "Still missing: {{fields}}", part: { name: "name", phone: "phone", region: "region", address: "address" },
    goods: "Goods", search: "Code, name, pinyin initials or barcode", noGoods: "No product fits", noGoodsHint: "Try another word, or see whether the product is active.", available: "{{count}} available", kit: "Kit", quantity: "Quantity", price: "Price", amount: "Amount", remove: "Remove {{code}}", noLines: "No goods yet",
    noLinesHint: "Type a code, pinyin initials or scan above, and press Enter.", over: "{{count}} available; the rest waits as backorder", last: "Last price",
    freight: "Freight", discount: "Discount", total: "To pay", buyerRemark: "Buyer's remark", sellerRemark: "Our remark",
    submit: "Send order", submitKeys: "Ctrl+Enter", done: "Order {{number}} taken", next: "Next order", open: "Open the order", held: "On hold: {{holds}}", failed: "The order was not taken", pickShop: "Choose a shop", addLine: "Add at least one product",
    keys: "↑ ↓ choose · Enter add · Esc clear", summary: "{{lines}} lines, {{units}} units",
  },
);
