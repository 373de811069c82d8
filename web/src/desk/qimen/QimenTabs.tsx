import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import NS from "./locale";

const PAGES = [
  ["/qimen", "connections"],
  ["/qimen/documents", "documents"],
  ["/qimen/messages", "messages"],
  ["/qimen/sendings", "sendings"],
] as const;

/** The way between the pages about Qimen. */
export function QimenTabs() {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return <Segmented value={pathname} options={PAGES.map(([value, key]) => ({ value, label: t(`page.${key}`) }))} onChange={(to) => void navigate(to)} />;
}
