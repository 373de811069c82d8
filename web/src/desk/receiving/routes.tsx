import { CarOutlined, DiffOutlined, FieldTimeOutlined, ImportOutlined, NotificationOutlined, SettingOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/receivingNav";

export const receivingRoutes: AreaRoute[] = [
  { path: "/asns", load: () => import("./AsnsPage"), permission: "inbound.asn.view", nav: { group: "inbound", label: "asns", icon: <NotificationOutlined />, order: 5 } },
  { path: "/asns/:id", load: () => import("./AsnPage"), permission: "inbound.asn.view" },
  { path: "/docks", load: () => import("./DocksPage"), permission: "inbound.appointment.view", nav: { group: "inbound", label: "docks", icon: <CarOutlined />, order: 6 } },
  { path: "/receipts", load: () => import("./ReceiptsPage"), permission: "inbound.receipt.view", nav: { group: "inbound", label: "receipts", icon: <ImportOutlined />, order: 7 } },
  { path: "/receipts/:id", load: () => import("./ReceiptPage"), permission: "inbound.receipt.view" },
  { path: "/discrepancies", load: () => import("./DiscrepanciesPage"), permission: "inbound.discrepancy.view", nav: { group: "inbound", label: "discrepancies", icon: <DiffOutlined />, order: 8 } },
  { path: "/appointments", load: () => import("./AppointmentsPage"), permission: "inbound.appointment.view", nav: { group: "inbound", label: "appointments", icon: <FieldTimeOutlined />, order: 9 } },
  { path: "/appointments/:id", load: () => import("./AppointmentPage"), permission: "inbound.appointment.view" },
  { path: "/receiving-policy", load: () => import("./PolicyPage"), permission: "inbound.receiving_policy.view", nav: { group: "settings", label: "receivingPolicy", icon: <SettingOutlined />, order: 32 } },
];
