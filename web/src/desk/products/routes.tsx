import { SafetyCertificateOutlined, TagsOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const productRoutes: AreaRoute[] = [
  { path: "/products", load: () => import("./ProductsPage"), permission: "catalog.sku.view", nav: { group: "stock", label: "products", icon: <TagsOutlined />, order: 8 } },
  { path: "/products/findings", load: () => import("./FindingsPage"), permission: "catalog.sku.view", nav: { group: "stock", label: "quality", icon: <SafetyCertificateOutlined />, order: 9 } },
  { path: "/products/new", load: () => import("./NewProductPage"), permission: "catalog.sku.create" },
  { path: "/products/:id", load: () => import("./ProductPage"), permission: "catalog.sku.view" },
];
