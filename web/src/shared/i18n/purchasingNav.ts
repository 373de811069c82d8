/** Words of the navigation for purchasing; small, because they are part of the first load. */
import { addLocale } from "./index";

export default addLocale(
  "common",
  { nav: { buying: "采购建议", purchaseOrders: "采购订单", suppliers: "供应商", supplierPrices: "采购价目", supplierInvoices: "供应商发票", scorecards: "供应商评分", purchasingPolicy: "采购规则" } },
  { nav: { buying: "To buy", purchaseOrders: "Purchase orders", suppliers: "Suppliers", supplierPrices: "Price lists", supplierInvoices: "Supplier invoices", scorecards: "Scorecards", purchasingPolicy: "Purchasing rules" } },
);
