import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { DetailFact } from "@/shared/detail/DetailDrawer";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { ToneTag } from "@/shared/ui/StateTag";
import { useBuyerWish, WishValue } from "./BuyerPage";
import NS from "./locale";
import MOVES from "./moves/locale";
import { useMoveFacts } from "./moves/useMoves";
import { OrderTags } from "./OrderTags";
import { RecipientValue } from "./Recipient";
import type { OrderDetail } from "./types";
import { breaksPromise } from "./words";

/** The channel's number, with the way to what the channel told. */
function ChannelOrder({ order }: { order: OrderDetail }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  return (
    <span className="hc-row" style={{ flexWrap: "wrap" }}>
      <CopyText text={order.external_number} />
      {can("integrations.order.view") ? <Link to={`/channels/orders?number=${encodeURIComponent(order.external_number)}`}>{t("fact.channelOrder")}</Link> : null}
    </span>
  );
}

/** What an order is, where it goes, and when: only what it has. */
export function useOrderFacts(order: OrderDetail | undefined): DetailFact[] {
  const { t } = useTranslation(NS);
  const moves = useMoveFacts(order);
  const wish = useBuyerWish(order?.id);
  if (!order) return [];
  const moment = (label: string, value: string | null): DetailFact[] => (value === null ? [] : [{ label, value: <DateTime value={value} mode="absolute" /> }]);
  const places = (label: string, names: readonly string[]): DetailFact[] => (names.length === 0 ? [] : [{ label, value: names.join("、") }]);
  return [
    { label: t("fact.shop"), value: `${order.shop.name} · ${order.channel.name || order.channel.code}` },
    { label: t("fact.external"), value: <ChannelOrder order={order} /> },
    { label: t("fact.kind"), value: t(`${MOVES}:kind.${order.kind}`) },
    { label: t("fact.amount"), value: <Money amount={order.total_amount} currency={order.currency} /> },
    { label: t("fact.placed"), value: <DateTime value={order.placed_at} mode="absolute" /> },
    { label: t("fact.promised"), value: <DateTime value={order.promised_at} mode="absolute" /> },
    {
      label: t("fact.expected"),
      value: <>{<DateTime value={order.expected_at} mode="absolute" />} {breaksPromise(order) ? <ToneTag tone="orange">{t("flag.afterPromise")}</ToneTag> : null}</>,
    },
    ...moment(t("fact.shipAfter"), order.ship_after),
    ...moment(t("fact.shipBy"), order.ship_by),
    { label: t("fact.recipient"), value: <RecipientValue key={order.id} order={order} /> },
    { label: t("fact.region"), value: order.region_name || order.region_code || "—" },
    { label: t("fact.priority"), value: <Quantity value={order.priority} /> },
    ...(order.service ? [{ label: t("fact.service"), value: order.service.name }] : []),
    ...places(t("fact.only"), order.warehouses_only),
    ...places(t("fact.never"), order.warehouses_never),
    ...(order.owner ? [{ label: t("fact.owner"), value: order.owner.name }] : []),
    ...(order.customer ? [{ label: t("fact.customer"), value: order.customer.code }] : []),
    ...(order.tags.length > 0 ? [{ label: t("fact.tags"), value: <OrderTags tags={order.tags} />, wide: order.tags.length > 3 }] : []),
    ...(wish && wish.code !== "" && wish.code !== "none" ? [{ label: t("fact.wish"), value: <WishValue wish={wish} />, wide: true }] : []),
    ...moves,
    ...(order.buyer_remark ? [{ label: t("fact.buyerRemark"), value: order.buyer_remark, wide: true }] : []),
    ...(order.seller_remark ? [{ label: t("fact.sellerRemark"), value: order.seller_remark, wide: true }] : []),
  ];
}
