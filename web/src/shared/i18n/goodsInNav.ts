/** Words of the navigation; small, because they are part of the first load. */
import { addLocale } from "./index";

export default addLocale(
  "common",
  { nav: { inspections: "质检", putaways: "上架", goodsReturns: "退货入库", claims: "供应商索赔", inspectionPlans: "检验方案", putawayPolicy: "上架策略", supplierQuality: "供应商质量" } },
  { nav: { inspections: "Inspection", putaways: "Putaway", goodsReturns: "Returns", claims: "Supplier claims", inspectionPlans: "Inspection plans", putawayPolicy: "Putaway policy", supplierQuality: "Supplier quality" } },
);
