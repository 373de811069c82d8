import { AlertOutlined, ImportOutlined, ToolOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const ticketRoutes: AreaRoute[] = [
  { path: "/tickets", load: () => import("./TicketsPage"), permission: "tickets.ticket.view", nav: { group: "orders", label: "exceptions", icon: <AlertOutlined />, order: 3 } },
  { path: "/tickets/policies", load: () => import("./PoliciesPage"), permission: "tickets.ticket.view", nav: { group: "settings", label: "ticketRules", icon: <ToolOutlined />, order: 30 } },
  { path: "/tickets/:id", load: () => import("./TicketPage"), permission: "tickets.ticket.view" },
  { path: "/supply", load: () => import("./SupplyPage"), permission: "inventory.supply.view", nav: { group: "stock", label: "supply", icon: <ImportOutlined />, order: 6 } },
];
