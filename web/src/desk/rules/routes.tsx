import { CreditCardOutlined, FilterOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const ruleRoutes: AreaRoute[] = [
  { path: "/rules", load: () => import("./RulesPage"), permission: "rules.rule.view", nav: { group: "orders", label: "rules", icon: <FilterOutlined />, order: 40 } },
  { path: "/rules/:id", load: () => import("./RulePage"), permission: "rules.rule.view" },
  { path: "/credits", load: () => import("./CreditsPage"), permission: "partners.credit.view", nav: { group: "orders", label: "credits", icon: <CreditCardOutlined />, order: 41 } },
];
