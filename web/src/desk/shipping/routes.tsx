import "@/shared/i18n/floorNav";
import { AimOutlined, ApiOutlined, BoxPlotOutlined, CarOutlined, CodeSandboxOutlined, NodeIndexOutlined, SolutionOutlined, TransactionOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const shippingRoutes: AreaRoute[] = [
  { path: "/parcels", load: () => import("./ParcelsPage"), permission: "outbound.parcel.view", nav: { group: "shipping", label: "parcels", icon: <CodeSandboxOutlined />, order: 1 } },
  { path: "/parcels/:id", load: () => import("./ParcelPage"), permission: "outbound.parcel.view" },
  { path: "/manifests", load: () => import("./ManifestsPage"), permission: "shipping.manifest.view", nav: { group: "shipping", label: "manifests", icon: <SolutionOutlined />, order: 2 } },
  { path: "/manifests/:id", load: () => import("./ManifestPage"), permission: "shipping.manifest.view" },
  { path: "/tracking", load: () => import("./TrackingPage"), permission: "shipping.parcel.view", nav: { group: "shipping", label: "tracking", icon: <AimOutlined />, order: 3 } },
  { path: "/bills", load: () => import("./BillsPage"), permission: "shipping.bill.view", nav: { group: "shipping", label: "bills", icon: <TransactionOutlined />, order: 4 } },
  { path: "/bills/:id", load: () => import("./BillPage"), permission: "shipping.bill.view" },
  { path: "/service-choice", load: () => import("./PolicyPage"), permission: "shipping.policy.view", nav: { group: "shipping", label: "serviceChoice", icon: <NodeIndexOutlined />, order: 5 } },
  { path: "/carrier-connections", load: () => import("./ConnectionsPage"), permission: "integrations.connection.view", nav: { group: "settings", label: "carrierConnections", icon: <ApiOutlined />, order: 30 } },
  { path: "/carriers", load: () => import("./CarriersPage"), permission: "shipping.carrier.view", nav: { group: "shipping", label: "carriers", icon: <CarOutlined />, order: 6 } },
  { path: "/cartons", load: () => import("./CartonsPage"), permission: "shipping.carton.view", nav: { group: "shipping", label: "cartons", icon: <BoxPlotOutlined />, order: 7 } },
];
