/** Words of the navigation for the floor and the settings; small, because they are part of the first load. */
import { addLocale } from "./index";

export default addLocale(
  "common",
  {
    nav: {
      putbacks: "还架", manifests: "交接单", carriers: "承运商与运价", cartons: "包材", warehouses: "仓库", calendar: "日历与截单", locations: "库位", roles: "角色权限", apiKeys: "接口密钥", profile: "我的账号", shops: "店铺设置",
    },
  },
  {
    nav: {
      putbacks: "Put back", manifests: "Handover", carriers: "Carriers and rates", cartons: "Cartons", warehouses: "Warehouses", calendar: "Calendar and cut-offs", locations: "Locations", roles: "Roles", apiKeys: "API keys", profile: "My account", shops: "Shop settings",
    },
  },
);
