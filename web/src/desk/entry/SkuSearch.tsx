import { useQuery } from "@tanstack/react-query";
import { Input, type InputRef } from "antd";
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { cx } from "@/shared/ui/cx";
import { splitQuantity, type Offer } from "./draft";
import css from "./entry.module.css";
import NS from "./locale";

const PAUSE_MS = 120;

/** One field that finds products by whatever is typed or scanned; Enter adds the marked one. */
export function SkuSearch({ shop, onAdd, ref }: { shop: number | null; onAdd: (offer: Offer, quantity: number) => void; ref?: Ref<{ focus: () => void }> }) {
  const { t } = useTranslation(NS);
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const [marked, setMarked] = useState(0);
  const input = useRef<InputRef>(null);
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }), []);
  const { text, quantity } = splitQuantity(typed);

  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const find = (q: string) => api.get<{ items: Offer[] }>("/orders/entry/offers", { shop, q });
  const offers = useQuery({ queryKey: ["offers", shop, asked], queryFn: () => find(asked), enabled: shop !== null && asked !== "", staleTime: 5_000 });
  const items = asked !== "" && asked === text ? (offers.data?.items ?? []) : [];

  const add = (offer: Offer | undefined) => {
    if (!offer) return;
    onAdd(offer, quantity);
    setTyped("");
    setAsked("");
    setMarked(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") setMarked(Math.min(marked + 1, items.length - 1));
    else if (event.key === "ArrowUp") setMarked(Math.max(marked - 1, 0));
    else if (event.key === "Escape") setTyped("");
    else if (event.key === "Enter") {
      event.preventDefault();
      if (items.length > 0) add(items[marked] ?? items[0]);
      // A scanner is faster than the pause: ask at once.
      else if (text !== "" && shop !== null) void find(text).then((found) => add(found.items[0]));
      return;
    } else return;
    event.preventDefault();
  };

  return (
    <div className={css.search} onKeyDown={onKeyDown}>
      <Input
        ref={input}
        size="large"
        allowClear
        value={typed}
        placeholder={t("search")}
        aria-label={t("search")}
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls="entry-offers"
        autoComplete="off"
        disabled={shop === null}
        onChange={(event) => {
          setTyped(event.target.value);
          setMarked(0);
        }}
      />
      {text !== "" && offers.isSuccess && asked === text ? (
        <ul id="entry-offers" role="listbox" aria-label={t("goods")} className={css.offers}>
          {items.map((offer, index) => (
            <li key={offer.id} role="option" aria-selected={index === marked} className={cx(css.offer, index === marked && css.marked)} onMouseDown={(event) => event.preventDefault()} onClick={() => add(offer)}>
              <span className="hc-num">{offer.code}</span>
              <span className={css.offerName}>{offer.name}</span>
              <span className={cx("hc-num", css.right, offer.available === 0 && css.none)}>{offer.available === null ? t("kit") : t("available", { count: offer.available })}</span>
              <span className={cx("hc-num", css.right)} title={t("last")}>{offer.last_price === null ? "–" : Number(offer.last_price).toFixed(2)}</span>
            </li>
          ))}
          {items.length === 0 ? (
            <li className={css.nothing}>
              <strong>{t("noGoods")}</strong> {t("noGoodsHint")}
            </li>
          ) : (
            <li className={css.keys} aria-hidden>{t("keys")}</li>
          )}
        </ul>
      ) : null}
    </div>
  );
}
