import { DeleteOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { Money } from "@/shared/format/format";
import { centsText, lineCents, parsePrice, priceText, type DraftLine } from "./draft";
import css from "./entry.module.css";
import NS from "./locale";

/** What has been dictated so far; quantities and prices can be typed over. */
export function EntryLines({ lines, onChange, currency }: { lines: DraftLine[]; onChange: (lines: DraftLine[]) => void; currency: string }) {
  const { t } = useTranslation(NS);
  const change = (line: DraftLine, fields: Partial<DraftLine>) => onChange(lines.map((one) => (one === line ? { ...one, ...fields } : one)));
  return (
    <table className={css.lines}>
      <thead>
        <tr>
          <th>{t("goods")}</th>
          <th className={css.right}>{t("quantity")}</th>
          <th className={css.right}>{t("price")}</th>
          <th className={css.right}>{t("amount")}</th>
          <th aria-label={t("remove", { code: "" })} />
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.offer.id}>
            <td>
              <span className="hc-num">{line.offer.code}</span> {line.offer.name}
              {line.offer.available !== null && line.quantity > line.offer.available ? <div className={css.over}>{t("over", { count: line.offer.available })}</div> : null}
            </td>
            <td className={css.right}>
              <InputNumber aria-label={`${t("quantity")} ${line.offer.code}`} min={1} max={1_000_000} precision={0} value={line.quantity} style={{ width: 96 }} onChange={(value) => change(line, { quantity: value ?? 1 })} />
            </td>
            <td className={css.right}>
              <Input
                aria-label={`${t("price")} ${line.offer.code}`}
                className="hc-num"
                style={{ width: 104, textAlign: "right" }}
                inputMode="decimal"
                key={`${line.offer.id}`}
                defaultValue={priceText(line.price)}
                onChange={(event) => change(line, { price: parsePrice(event.target.value) })}
              />
            </td>
            <td className={css.right}><Money amount={centsText(lineCents(line))} currency={currency} /></td>
            <td><Button type="text" icon={<DeleteOutlined />} aria-label={t("remove", { code: line.offer.code })} onClick={() => onChange(lines.filter((one) => one !== line))} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
