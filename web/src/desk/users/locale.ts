import { addLocale } from "@/shared/i18n";

export default addLocale(
  "users",
  {
    users: {
      title: "用户", search: "用户名、姓名", new: "新建用户", edit: "修改用户 {{name}}", empty: "没有用户", emptyHint: "为每个人建一个账号，操作日志才能说清是谁做的。",
      reset: "重置密码", resetText: "{{name}} 现在的密码立即失效，所有设备退出登录；系统生成一个一次性密码，只显示这一次。", deactivate: "停用账号", activate: "启用账号", deactivateText: "停用后，{{name}} 立即退出，接口密钥也不能再用；历史记录保留。", deactivated: "{{name}} 已停用", activated: "{{name}} 已启用",
    },
    col: { username: "用户名", name: "姓名", roles: "角色", scope: "数据范围", active: "状态", lastLogin: "最近登录", email: "邮箱", created: "创建时间", prefix: "开头", user: "用户", expires: "到期", lastUsed: "最近使用", keyName: "名称", code: "编码", owner: "货主" },
    filter: { role: "角色", active: "启用" },
    state: { active: "启用", inactive: "停用", revoked: "已吊销", expired: "已过期", must_change: "需改密码" },
    field: {
      username: "用户名", displayName: "姓名", email: "邮箱", language: "语言", roles: "角色", warehouses: "可见仓库", owners: "可见货主", shops: "可见店铺", all: "全部", scopeTitle: "数据范围", scopeHint: "不选表示全部；选了就只能看到和操作所选的。", account: "账号", passwordHint: "系统会生成一次性密码，首次登录后必须修改。",
    },
    oneTime: { title: "一次性密码", text: "请把密码当面或通过安全方式告诉 {{name}}。关闭后不再显示。", copy: "复制密码", close: "我已记下" },
    scope: { all: "全部", warehouses: "{{count}} 个仓库", owners: "{{count}} 个货主", shops: "{{count}} 个店铺" },
    roles: { title: "角色权限", hint: "角色由系统定义；一个用户可以有多个角色，权限相加。", permission: "权限", has: "有", hasNot: "无", all: "全部权限", search: "查找权限", only: "只看有差别的", users: "查看这个角色的用户" },
    perm: {
      app: { rules: "审单规则", accounts: "账号与日志", catalog: "商品", facility: "仓库", inventory: "库存", kernel: "导入", orders: "订单", outbound: "仓内作业", partners: "客户与货主", shipping: "物流" },
      entity: {
        rule: "规则", credit: "客户信用", api_key: "接口密钥", audit: "操作日志", role: "角色", user: "用户", barcode: "条码", category: "品类", component: "套装组成", finding: "数据质量", kit: "套装", packaging: "包装规格", sku: "商品", layout: "布局", location: "库位", warehouse: "仓库", zone: "库区",
        availability: "可售库存", book: "账目", hold: "库存冻结", lot: "批次", movement: "库存流水", reservation: "预占", stock: "库存", verify: "账目核对", import: "导入", job: "后台任务", search: "搜索", backorder: "缺货", dashboard: "今日看板", order: "订单", recipient: "收件人明文", shop: "店铺",
        batch: "拣货单", fulfilment: "发货单", manifest: "交接单", parcel: "包裹", putback: "还架", wave: "波次", blocked_contact: "黑名单", customer: "客户", owner: "货主", region: "地区", carrier: "承运商", carton: "包材", rate: "运价", service: "承运产品", waybill: "运单",
      },
      verb: {
        settle: "结清", override: "超额放行",
        view: "查看", reveal: "查看明文", create: "新建", change: "修改", delete: "删除", manage: "管理", export: "导出", import: "导入", approve: "审核", hold: "挂起", release: "释放/下发", cancel: "取消", adjust: "调整", move: "移动", condition: "改状态", plan: "计划", pick: "拣货", pack: "打包", confirm: "确认", label: "打面单", scan: "扫描", ship: "交接发运", fill: "配货",
        accept_weight: "接受重量差异", erase: "抹除", load: "装车", handover: "交接", verify: "核对", revoke: "吊销", reserve: "预占", search: "搜索", close: "关闭",
      },
    },
    role: { admin: "系统管理员", order_desk: "订单专员", customer_service: "客服", warehouse_manager: "仓库主管", operator: "仓库操作员", purchaser: "采购", finance: "财务", auditor: "审计", integrator: "系统对接" },
    keys: {
      title: "接口密钥", hint: "程序用密钥代替登录，权限与所属用户相同。", new: "新建密钥", name: "用途", nameHint: "例如：ERP 对接、拣货大屏", user: "属于用户", self: "我自己", expires: "到期时间", expiresHint: "不填表示不过期。", empty: "还没有接口密钥", emptyHint: "为每个程序建一个密钥，不用时单独吊销。",
      shown: "新密钥", shownText: "请立即复制并妥善保存。关闭后不再显示，丢失只能重建。", copy: "复制密钥", usage: "请求头：", revoke: "吊销", revokeText: "使用 {{prefix}}… 的程序立即不能访问，不能恢复。", revoked: "{{name}} 已吊销", never: "从未使用", noExpiry: "不过期", done: "我已保存",
    },
    profile: { title: "我的账号", about: "个人信息", look: "界面", password: "修改密码", saved: "已保存", theme: "主题", light: "浅色", dark: "深色", language: "语言", myRoles: "我的角色" },
    shops: { title: "店铺设置", empty: "还没有店铺", emptyHint: "每个销售平台上的一个账号是一个店铺；接单规则按店铺设置。", new: "新建店铺", edit: "修改店铺 {{code}}", search: "店铺编码、名称",
      basics: "店铺", rules: "接单规则", channel: "渠道编码", channelHint: "例如 taobao、douyin；没有的会新建。", channelName: "渠道名称", owner: "货主", currency: "币种", limit: "金额上限", limitHint: "超过就挂起等人看；不填不限。", noLimit: "不限", duplicate: "重复单检查（小时）", duplicateHint: "同一收件人、同样商品在这段时间内再下单就挂起；0 为不检查。", hours: "{{count}} 小时", off: "关", on: "开",
      partial: "允许部分发货", partialHint: "库存不够时先发有货的，其余缺货等待；关闭则等齐再发。", remarks: "有买家留言时挂起", approve: "自动审核通过", approveHint: "没有被规则拦下的订单直接通过。", isActive: "启用",
      merge: "合单", substitute: "替代发货", freedom: { off: "不做", ask: "人工", auto: "自动" }, split: "自动拆单", splitHint: "审核通过后按所选方式拆一次；不选不拆。", splits: { stock: "按库存（有货先发）", temperature: "按温层", hazard: "按危险品", supplier: "按供应商代发", promise: "按预售", size: "按重量体积上限" },
      ticketAddress: "地址不完整时开工单", ticketAddressHint: "解除挂起后工单自动办结。", ticketRequests: "平台买家申请开工单", ticketRequestsHint: "需要人工处理的取消、退款和来晚的改地址申请。" },
    portal: {
      title: "{{name}} 的买家页面", section: "买家页面", edit: "设置", contact: "联系方式", contact_hint: "原样显示在买家页面上，例如客服电话或微信。",
      is_on: "开放买家页面", is_on_hint: "关闭后，已发出的链接打不开。", may_wish: "可填收货偏好", may_wish_hint: "放门口、自提点等。", may_change_address: "可改地址", may_change_address_hint: "第一个包裹打包之前；平台订单应在平台上改。", may_cancel: "可取消订单", may_cancel_hint: "进入波次之前；平台订单应在平台上取消。",
    },
  },
  {
    users: {
      title: "Users", search: "User name, name", new: "New user", edit: "Change user {{name}}", empty: "No users", emptyHint: "Give everybody an account of their own, so that the log can say who did what.",
      reset: "Reset password", resetText: "The password of {{name}} ends now and all devices are signed out; a one-time password is made and shown only once.", deactivate: "Deactivate", activate: "Activate", deactivateText: "{{name}} is signed out at once and API keys of this user stop working; the history stays.", deactivated: "{{name}} deactivated", activated: "{{name}} activated",
    },
    col: { username: "User name", name: "Name", roles: "Roles", scope: "Data scope", active: "State", lastLogin: "Last sign-in", email: "E-mail", created: "Created", prefix: "Begins with", user: "User", expires: "Ends", lastUsed: "Last used", keyName: "Name", code: "Code", owner: "Owner" },
    filter: { role: "Role", active: "Active" },
    state: { active: "Active", inactive: "Inactive", revoked: "Revoked", expired: "Expired", must_change: "Must change password" },
    field: {
      username: "User name", displayName: "Name", email: "E-mail", language: "Language", roles: "Roles", warehouses: "Warehouses", owners: "Owners", shops: "Shops", all: "All", scopeTitle: "Data scope", scopeHint: "Nothing chosen means all; otherwise only what is chosen can be seen and touched.", account: "Account", passwordHint: "A one-time password is made; it must be changed at the first sign-in.",
    },
    oneTime: { title: "One-time password", text: "Hand it to {{name}} in person or by a safe way. It is not shown again.", copy: "Copy password", close: "I have noted it" },
    scope: { all: "All", warehouses: "{{count}} warehouses", owners: "{{count}} owners", shops: "{{count}} shops" },
    roles: { title: "Roles", hint: "Roles are given by the system; a user may have several, and their permissions add up.", permission: "Permission", has: "yes", hasNot: "no", all: "everything", search: "Find a permission", only: "Only where roles differ", users: "Users with this role" },
    perm: {
      app: { rules: "Audit rules", accounts: "Accounts and log", catalog: "Products", facility: "Warehouses", inventory: "Stock", kernel: "Imports", orders: "Orders", outbound: "On the floor", partners: "Customers and owners", shipping: "Shipping" },
      entity: {
        rule: "Rules", credit: "Customer credit", api_key: "API keys", audit: "Audit log", role: "Roles", user: "Users", barcode: "Barcodes", category: "Categories", component: "Kit contents", finding: "Data quality", kit: "Kits", packaging: "Packagings", sku: "SKUs", layout: "Layouts", location: "Locations", warehouse: "Warehouses", zone: "Zones",
        availability: "Availability", book: "Books", hold: "Stock holds", lot: "Lots", movement: "Ledger", reservation: "Reservations", stock: "Stock", verify: "Verification", import: "Imports", job: "Jobs", search: "Search", backorder: "Backorders", dashboard: "Today", order: "Orders", recipient: "Recipients in clear", shop: "Shops",
        batch: "Batches", fulfilment: "Fulfilments", manifest: "Manifests", parcel: "Parcels", putback: "Putbacks", wave: "Waves", blocked_contact: "Blocked contacts", customer: "Customers", owner: "Owners", region: "Regions", carrier: "Carriers", carton: "Cartons", rate: "Rates", service: "Services", waybill: "Waybills",
      },
      verb: {
        settle: "settle", override: "let go on in spite",
        view: "view", reveal: "reveal", create: "create", change: "change", delete: "delete", manage: "manage", export: "export", import: "import", approve: "approve", hold: "hold", release: "release", cancel: "cancel", adjust: "adjust", move: "move", condition: "change condition", plan: "plan", pick: "pick", pack: "pack", confirm: "confirm", label: "label", scan: "scan", ship: "hand over", fill: "fill",
        accept_weight: "accept a weight", erase: "erase", load: "load", handover: "hand over", verify: "verify", revoke: "revoke", reserve: "reserve", search: "search", close: "close",
      },
    },
    role: { admin: "Administrator", order_desk: "Order desk", customer_service: "Customer service", warehouse_manager: "Warehouse manager", operator: "Operator", purchaser: "Purchaser", finance: "Finance", auditor: "Auditor", integrator: "Integrator" },
    keys: {
      title: "API keys", hint: "Programs use a key instead of signing in; it may do what its user may.", new: "New key", name: "Used for", nameHint: "such as: ERP connector, picking screen", user: "User", self: "Myself", expires: "Ends", expiresHint: "Empty means never.", empty: "No API keys yet", emptyHint: "Make one for each program, so that each can be revoked on its own.",
      shown: "New key", shownText: "Copy it now and keep it safe. It is not shown again; a lost key must be replaced.", copy: "Copy key", usage: "Header:", revoke: "Revoke", revokeText: "Programs using {{prefix}}… lose access at once; this cannot be undone.", revoked: "{{name}} revoked", never: "never", noExpiry: "never", done: "I have saved it",
    },
    profile: { title: "My account", about: "About me", look: "Look", password: "Change password", saved: "Saved", theme: "Theme", light: "Light", dark: "Dark", language: "Language", myRoles: "My roles" },
    shops: { title: "Shop settings", empty: "No shops yet", emptyHint: "An account on a sales platform is a shop; the rules of intake are set for each.", new: "New shop", edit: "Change shop {{code}}", search: "Code, name",
      basics: "Shop", rules: "Rules of intake", channel: "Channel code", channelHint: "such as taobao or douyin; a new one is made.", channelName: "Channel name", owner: "Owner", currency: "Currency", limit: "Amount limit", limitHint: "Orders above it wait for a person; empty means no limit.", noLimit: "none", duplicate: "Duplicate check (hours)", duplicateHint: "The same recipient ordering the same goods within this time is held; 0 turns it off.", hours: "{{count}} hours", off: "off", on: "on",
      partial: "Ship in parts", partialHint: "Ship what is there and backorder the rest; off: wait until all is there.", remarks: "Hold when the buyer wrote something", approve: "Approve automatically", approveHint: "Orders that no rule stops are approved at once.", isActive: "Active",
      merge: "Merging", substitute: "Substitutes", freedom: { off: "Never", ask: "By hand", auto: "By itself" }, split: "Split by itself", splitHint: "Once, as soon as an order is approved; empty: not at all.", splits: { stock: "By stock (what is there goes first)", temperature: "By temperature", hazard: "By hazard", supplier: "By supplier", promise: "By pre-sale", size: "By weight and volume" },
      ticketAddress: "Ticket for an incomplete address", ticketAddressHint: "Settled when the hold is released.", ticketRequests: "Ticket for what buyers want", ticketRequestsHint: "Cancellations, refunds and late new addresses on the platform that wait for a person." },
    portal: {
      title: "Buyer's page of {{name}}", section: "Buyer's page", edit: "Settings", contact: "Contact", contact_hint: "Shown as it stands, such as a phone number.",
      is_on: "Buyers may look", is_on_hint: "Off: links that were sent open nothing.", may_wish: "May say how they want it", may_wish_hint: "At the door, at a pick-up point …", may_change_address: "May change the address", may_change_address_hint: "Until the first parcel is packed; orders of a platform are changed there.", may_cancel: "May cancel", may_cancel_hint: "Before a wave has the order; orders of a platform are cancelled there.",
    },
  },
);
