/** Words of the navigation for receiving; small, because they are part of the first load. */
import { addLocale } from "./index";

export default addLocale(
  "common",
  { nav: { docks: "月台预约", asns: "预到货通知", receipts: "收货单", discrepancies: "收货差异", receivingPolicy: "收货规则", appointments: "预约记录" } },
  { nav: { docks: "Docks", asns: "Announcements", receipts: "Receipts", discrepancies: "Differences", receivingPolicy: "Receiving rules", appointments: "Appointments" } },
);
