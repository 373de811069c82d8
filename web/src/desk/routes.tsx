/**
 * Every page of the desk. An area adds itself by one line here and keeps its pages in its own `routes.tsx`;
 * pages are lazy (`load`), so that a route costs nothing until it is opened.
 */
import type { AreaRoute } from "@/shared/shell/types";
import { accountRoutes } from "./account/routes";
import { channelRoutes } from "./channels/routes";
import { countRoutes } from "./counts/routes";
import { entryRoutes } from "./entry/routes";
import { facilityRoutes } from "./facility/routes";
import { goodsRoutes } from "./goods/routes";
import { homeRoutes } from "./home/routes";
import { importRoutes } from "./imports/routes";
import { notificationRoutes } from "./notifications/routes";
import { orderRoutes } from "./orders/routes";
import { purchasingRoutes } from "./purchasing/routes";
import { inspectionRoutes } from "./inspection/routes";
import { receivingRoutes } from "./receiving/routes";
import { productRoutes } from "./products/routes";
import { qualityRoutes } from "./quality/routes";
import { ruleRoutes } from "./rules/routes";
import { stockRoutes } from "./stock/routes";
import { auditRoutes } from "./audit/routes";
import { packingRoutes } from "./packing/routes";
import { pickingRoutes } from "./picking/routes";
import { shippingRoutes } from "./shipping/routes";
import { alertRoutes } from "./alerts/routes";
import { replenishmentRoutes } from "./replenishment/routes";
import { transferRoutes } from "./transfers/routes";
import { ticketRoutes } from "./tickets/routes";
import { userRoutes } from "./users/routes";
import { waveRoutes } from "./waves/routes";
import { workRoutes } from "./work/routes";
import { qimenRoutes } from "./qimen/routes";
import { webhookRoutes } from "./webhooks/routes";

export const areaRoutes: readonly AreaRoute[] = [
  ...homeRoutes,
  ...accountRoutes,
  ...orderRoutes,
  ...entryRoutes,
  ...ticketRoutes,
  ...ruleRoutes,
  ...channelRoutes,
  ...purchasingRoutes,
  ...receivingRoutes,
  ...inspectionRoutes,
  ...stockRoutes,
  ...countRoutes,
  ...goodsRoutes,
  ...productRoutes,
  ...importRoutes,
  ...workRoutes,
  ...waveRoutes,
  ...pickingRoutes,
  ...packingRoutes,
  ...facilityRoutes,
  ...replenishmentRoutes,
  ...transferRoutes,
  ...alertRoutes,
  ...shippingRoutes,
  ...qualityRoutes,
  ...notificationRoutes,
  ...webhookRoutes,
  ...qimenRoutes,
  ...userRoutes,
  ...auditRoutes,
];
