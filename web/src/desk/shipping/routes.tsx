import "@/shared/i18n/floorNav";
import { BoxPlotOutlined, CarOutlined, CodeSandboxOutlined, SolutionOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const shippingRoutes: AreaRoute[] = [
  { path: "/parcels", load: () => import("./ParcelsPage"), permission: "outbound.parcel.view", nav: { group: "shipping", label: "parcels", icon: <CodeSandboxOutlined />, order: 1 } },
  { path: "/parcels/:id", load: () => import("./ParcelPage"), permission: "outbound.parcel.view" },
  { path: "/manifests", load: () => import("./ManifestsPage"), permission: "shipping.manifest.view", nav: { group: "shipping", label: "manifests", icon: <SolutionOutlined />, order: 2 } },
  { path: "/manifests/:id", load: () => import("./ManifestPage"), permission: "shipping.manifest.view" },
  { path: "/carriers", load: () => import("./CarriersPage"), permission: "shipping.carrier.view", nav: { group: "shipping", label: "carriers", icon: <CarOutlined />, order: 3 } },
  { path: "/cartons", load: () => import("./CartonsPage"), permission: "shipping.carton.view", nav: { group: "shipping", label: "cartons", icon: <BoxPlotOutlined />, order: 4 } },
];
