import { Button, Tooltip } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import NS from "./locale";
import { SkuStockDrawer } from "./SkuStock";
import type { AvailabilityRow, Ref } from "./types";

const FIGURES = ["free", "sellable", "reserved", "on_hand", "allocated", "held"] as const;
const KEYS = { free: "free", sellable: "sellable", reserved: "reserved", on_hand: "onHand", allocated: "allocated", held: "held" } as const;

export default function AvailabilityPage() {
  const { t } = useTranslation(NS);
  const state = useListState();

  const columns = useMemo<ListColumn<AvailabilityRow>[]>(
    () => [
      { key: "sku", title: t("col.sku"), width: 150, fixed: "left", sort: "sku", render: (row) => <span className="hc-num">{row.sku.code}</span> },
      { key: "name", title: t("col.name"), width: 240, render: (row) => row.sku.name },
      { key: "warehouse", title: t("col.warehouse"), width: 130, render: (row) => row.warehouse.name },
      { key: "owner", title: t("col.owner"), width: 120, hidden: true, render: (row) => row.owner.name },
      ...FIGURES.map(
        (key): ListColumn<AvailabilityRow> => ({
          key,
          label: t(`col.${KEYS[key]}`),
          title: <Tooltip title={t(`help.${KEYS[key]}`)}>{t(`col.${KEYS[key]}`)}</Tooltip>,
          width: 96,
          align: "right",
          render: (row) => (
            <span className={key === "free" ? (row.free <= 0 ? "hc-faint" : undefined) : row[key] === 0 ? "hc-faint" : undefined} style={key === "free" ? { fontWeight: 600 } : undefined}>
              <Quantity value={row[key]} />
            </span>
          ),
        }),
      ),
    ],
    [t],
  );

  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "owner", label: t("filter.owner"), type: "remote", path: "/owners", toOption: ((owner: Ref) => ({ value: String(owner.id), label: owner.name })) },
      { key: "has_free", label: t("filter.onlyFree"), type: "bool" },
    ],
    [t],
  );

  return (
    <ListPage<AvailabilityRow>
      id="availability"
      title={t("title")}
      path="/availability"
      columns={columns}
      filters={filters}
      search={t("search")}
      rowId={(row) => row.id}
      warehouseParam="warehouse"
      exportPath="/availability/export"
      onOpen={(row) => state.setOpen(String(row.sku.id))}
      drawer={(id, close) => <SkuStockDrawer id={id} onClose={close} />}
      empty={{ title: t("empty.title"), hint: t("empty.hint"), action: <Link to="/imports/new?kind=stock"><Button type="primary">{t("empty.action")}</Button></Link> }}
    />
  );
}
