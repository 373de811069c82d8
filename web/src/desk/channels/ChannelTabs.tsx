import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import NS from "./locale";

const PAGES = [
  ["/channels", "health"],
  ["/channels/orders", "orders"],
  ["/channels/products", "products"],
  ["/channels/stock", "stock"],
  ["/channels/confirms", "confirms"],
  ["/channels/requests", "requests"],
  ["/channels/files", "files"],
] as const;

/** The way between the pages about channels. */
export function ChannelTabs() {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return <Segmented value={pathname} options={PAGES.map(([value, key]) => ({ value, label: t(`page.${key}`) }))} onChange={(to) => void navigate(to)} />;
}
