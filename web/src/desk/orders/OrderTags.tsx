import { useTranslation } from "react-i18next";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { isWish } from "./words";

/** Tags of an order; a wish that still waits is put in words. */
export function OrderTags({ tags }: { tags: readonly string[] }) {
  const { t } = useTranslation(NS);
  if (tags.length === 0) return null;
  return (
    <span className="hc-row" style={{ gap: 4, flexWrap: "wrap" }}>
      {tags.map((tag) => (
        <ToneTag key={tag} tone={isWish(tag) ? "blue" : "grey"} icon={false}>
          {isWish(tag) ? t(`wish.${tag.replaceAll(":", "_")}`, { defaultValue: tag }) : tag}
        </ToneTag>
      ))}
    </span>
  );
}
