import { AuditOutlined, ExperimentOutlined, InboxOutlined, ProfileOutlined, RollbackOutlined, SafetyCertificateOutlined, SettingOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/goodsInNav";

export const inspectionRoutes: AreaRoute[] = [
  { path: "/inspections", load: () => import("./InspectionsPage"), permission: "inbound.inspection.view", nav: { group: "inbound", label: "inspections", icon: <ExperimentOutlined />, order: 12 } },
  { path: "/inspections/:id", load: () => import("./InspectionPage"), permission: "inbound.inspection.view" },
  { path: "/putaways", load: () => import("./PutawaysPage"), permission: "inbound.putaway.view", nav: { group: "inbound", label: "putaways", icon: <InboxOutlined />, order: 13 } },
  { path: "/putaways/:id", load: () => import("./PutawayPage"), permission: "inbound.putaway.view" },
  { path: "/goods-returns", load: () => import("./ReturnsPage"), permission: "inbound.goods_return.view", nav: { group: "inbound", label: "goodsReturns", icon: <RollbackOutlined />, order: 14 } },
  { path: "/goods-returns/:id", load: () => import("./ReturnPage"), permission: "inbound.goods_return.view" },
  { path: "/claims", load: () => import("./ClaimsPage"), permission: "inbound.claim.view", nav: { group: "inbound", label: "claims", icon: <AuditOutlined />, order: 20 } },
  { path: "/claims/:id", load: () => import("./ClaimPage"), permission: "inbound.claim.view" },
  { path: "/supplier-quality", load: () => import("./QualityPage"), permission: "inbound.inspection.view", nav: { group: "inbound", label: "supplierQuality", icon: <SafetyCertificateOutlined />, order: 34 } },
  { path: "/inspection-plans", load: () => import("./PlansPage"), permission: "inbound.inspection_plan.view", nav: { group: "inbound", label: "inspectionPlans", icon: <ProfileOutlined />, order: 35 } },
  { path: "/putaway-policy", load: () => import("./PolicyPage"), permission: "inbound.putaway_policy.view", nav: { group: "inbound", label: "putawayPolicy", icon: <SettingOutlined />, order: 36 } },
];
