import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Manifest, Ref } from "./types";
import { Weight } from "./Weight";

function OpenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const { warehouses, warehouse } = useScope();
  const carriers = useOptions("/carriers");
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  return (
    <RecordDialog<{ warehouse_id: number; carrier_id: number; driver?: string }>
      title={t("manifests.openTitle")}
      submitLabel={t("manifests.open")}
      initialValues={warehouse ? { warehouse_id: Number(warehouse.id) } : {}}
      onClose={onClose}
      onSubmit={async (values) => {
        const manifest = await api.post<{ id: number }>("/manifests", { ...values, driver: values.driver ?? "" });
        void navigate(`/manifests/${manifest.id}`);
      }}
    >
      <FormSection title="" hint={t("manifests.openHint")}>
        <Form.Item name="warehouse_id" label={t("col.warehouse")} rules={required(t("col.warehouse"))}>
          <Select options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} />
        </Form.Item>
        <Form.Item name="carrier_id" label={t("col.carrier")} rules={required(t("col.carrier"))}>
          <Select autoFocus options={carriers.options} loading={carriers.loading} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="driver" label={t("manifests.driver")}>
          <Input maxLength={100} />
        </Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

export default function ManifestsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const [opening, setOpening] = useState(false);
  const columns = useMemo<ListColumn<Manifest>[]>(
    () => [
      { key: "number", title: t("col.manifest"), width: 180, render: (row) => <CopyText text={row.number} /> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} group="manifest" state={row.state} tone={row.state === "open" ? "blue" : "green"} /> },
      { key: "carrier", title: t("col.carrier"), width: 150, render: (row) => row.carrier.name },
      { key: "warehouse", title: t("col.warehouse"), width: 140, render: (row) => row.warehouse.name },
      { key: "parcels", title: t("col.parcels"), width: 100, align: "right", render: (row) => <Quantity value={row.parcel_count} /> },
      { key: "weight", title: t("col.weight"), width: 120, align: "right", render: (row) => <Weight grams={row.weight_g} /> },
      { key: "driver", title: t("col.driver"), width: 140, render: (row) => row.driver },
      { key: "opened", title: t("col.opened"), width: 130, render: (row) => <DateTime value={row.opened_at} /> },
      { key: "closed", title: t("col.closed"), width: 130, render: (row) => <DateTime value={row.closed_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "open", label: t("manifests.tab.open"), query: { state: "open" } },
      { key: "closed", label: t("manifests.tab.closed"), query: { state: "closed" } },
      { key: "all", label: t("manifests.tab.all"), query: {} },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [{ key: "carrier_id", label: t("filter.carrier"), type: "remote", path: "/carriers", toOption: ((one: Ref) => ({ value: String(one.id), label: one.name })) }],
    [t],
  );
  const create = can("shipping.manifest.ship") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpening(true)}>{t("manifests.open")}</Button> : null;
  return (
    <>
      <ListPage<Manifest>
        id="manifests"
        title={t("manifests.title")}
        path="/manifests"
        countsPath="/manifests/counts"
        search={t("col.manifest")}
        tabs={tabs}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        defaultSort="-id"
        exportPath="/manifests/export"
        warehouseParam="warehouse_id"
        primaryAction={create}
        onOpen={(row) => void navigate(`/manifests/${row.id}`)}
        refreshEvery={15_000}
        empty={{ title: t("manifests.empty"), hint: t("manifests.emptyHint"), action: create }}
      />
      {opening ? <OpenDialog onClose={() => setOpening(false)} /> : null}
    </>
  );
}
