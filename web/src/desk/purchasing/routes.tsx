import { AccountBookOutlined, FileDoneOutlined, FileTextOutlined, ShopOutlined, ShoppingCartOutlined, StarOutlined, ToolOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/purchasingNav";

export const purchasingRoutes: AreaRoute[] = [
  { path: "/buying", load: () => import("./BuyingPage"), permission: "purchasing.request.view", nav: { group: "inbound", label: "buying", icon: <ShoppingCartOutlined />, order: 1 } },
  { path: "/purchase-orders", load: () => import("./OrdersPage"), permission: "purchasing.order.view", nav: { group: "inbound", label: "purchaseOrders", icon: <FileTextOutlined />, order: 2 } },
  { path: "/purchase-orders/:id", load: () => import("./OrderPage"), permission: "purchasing.order.view" },
  { path: "/suppliers", load: () => import("./SuppliersPage"), permission: "partners.supplier.view", nav: { group: "inbound", label: "suppliers", icon: <ShopOutlined />, order: 30 } },
  { path: "/supplier-files", load: () => import("./SupplierFilesPage"), permission: "purchasing.link.view" },
  { path: "/supplier-prices", load: () => import("./PricesPage"), permission: "purchasing.price.view", nav: { group: "inbound", label: "supplierPrices", icon: <AccountBookOutlined />, order: 31 } },
  { path: "/supplier-invoices", load: () => import("./InvoicesPage"), permission: "purchasing.invoice.view", nav: { group: "inbound", label: "supplierInvoices", icon: <FileDoneOutlined />, order: 32 } },
  { path: "/supplier-scorecards", load: () => import("./ScorecardsPage"), permission: "purchasing.scorecard.view", nav: { group: "inbound", label: "scorecards", icon: <StarOutlined />, order: 33 } },
  { path: "/purchasing/policy", load: () => import("./PolicyPage"), permission: "purchasing.policy.view", nav: { group: "settings", label: "purchasingPolicy", icon: <ToolOutlined />, order: 31 } },
];
