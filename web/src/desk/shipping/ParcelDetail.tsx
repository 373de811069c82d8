import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, apiUrl } from "@/api";
import { printPdf } from "@/desk/floor/pdf";
import { useOptions } from "@/desk/floor/options";
import { DetailDrawer, DetailPage, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { ServiceChoice } from "./ServiceChoice";
import { TrackTimeline } from "./TrackTimeline";
import tracking from "./tracking/locale";
import type { ParcelDetail } from "./types";
import { usePrintLabels } from "./usePrintLabels";
import { Weight } from "./Weight";
import { parcelTone } from "./words";

function useParcel(id: string) {
  return useQuery({ queryKey: ["detail", "parcel", id], queryFn: ({ signal }) => api.get<ParcelDetail>(`/parcels/${id}`, undefined, signal) });
}

function useParcelContent(parcel: ParcelDetail | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const print = usePrintLabels();
  const services = useOptions("/carrier-services", { query: { active: true } });
  if (!parcel) return null;

  const cancel = async () => {
    const answer = await ask({ title: t("parcels.cancel"), okText: t("parcels.cancel"), danger: true, text: t("parcels.cancelText", { number: parcel.number, units: parcel.unit_count }) });
    if (!answer) return;
    try {
      await api.post(`/parcels/${parcel.id}/cancel`);
      void message.success(t("parcels.cancelDone", { number: parcel.number }));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "parcel"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    }
  };
  const takeLabel = async (service?: number) => {
    try {
      const answer = await api.post<{ label_error: string; is_ordering: boolean }>(`/parcels/${parcel.id}/label`, service ? { service_id: service } : {});
      if (answer.label_error) void (answer.is_ordering ? message.warning(answer.label_error) : message.error(answer.label_error));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "parcel"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    }
  };
  const takeElsewhere = async () => {
    const answer = await ask({
      title: t("parcels.otherService"), okText: t("parcels.takeLabel"), text: t("parcels.otherServiceText"),
      choice: { name: "service", label: t("col.service"), required: true, options: services.options.map((one) => ({ value: String(one.value), label: one.label })) },
    });
    if (answer) await takeLabel(Number(answer["service"]));
  };
  return {
    kind: t("parcels.title"),
    number: parcel.number,
    state: <StateTag ns={NS} group="parcel" state={parcel.state} {...parcelTone(parcel.state)} />,
    holds: parcel.fulfilment.is_stopped ? [{ id: "stopped", reason: t("parcels.stopped") }] : [],
    actions: [
      ...(parcel.state === "sealed" && can("outbound.parcel.pack") ? [{ code: "take", label: t("parcels.takeLabel"), primary: true, run: () => void takeLabel() }, { code: "take_other", label: t("parcels.otherService"), run: () => void takeElsewhere() }] : []),
      ...(parcel.waybill && can("outbound.parcel.pack") ? [{ code: "label", label: t("parcels.label"), primary: parcel.state !== "shipped", run: () => void print([parcel.id]) }] : []),
      ...(can("outbound.parcel.pack") ? [{ code: "packing_list", label: t("parcels.packingList"), run: () => void printPdf(apiUrl(`/fulfilments/${parcel.fulfilment.id}/packing-list.pdf`)).catch(report) }] : []),
      ...(can("outbound.parcel.pack") && parcel.state !== "shipped" && parcel.state !== "cancelled" ? [{ code: "cancel", label: t("parcels.cancel"), danger: true, run: () => void cancel() }] : []),
    ],
    facts: [
      { label: t("col.waybill"), value: parcel.waybill ? <CopyText text={parcel.waybill.number} /> : "—" },
      { label: t("col.order"), value: <Link to={`/orders/${parcel.fulfilment.order.id}`}>{parcel.fulfilment.order.number}</Link> },
      { label: t("col.fulfilment"), value: <CopyText text={parcel.fulfilment.number} /> },
      { label: t("col.warehouse"), value: parcel.warehouse.name },
      { label: t("col.carton"), value: parcel.carton ? `${parcel.carton.code} ${parcel.carton.name}` : "—" },
      { label: t("col.units"), value: <Quantity value={parcel.unit_count} /> },
      { label: t("col.weight"), value: <Weight grams={parcel.weight_g} /> },
      { label: t("col.expected"), value: <Weight grams={parcel.expected_weight_g} /> },
      { label: t("col.packedBy"), value: parcel.packed_by || "—" },
      { label: t("col.sealed"), value: <DateTime value={parcel.sealed_at} mode="absolute" /> },
      { label: t("col.shipped"), value: <DateTime value={parcel.shipped_at} mode="absolute" /> },
      { label: t("col.service"), value: parcel.waybill?.service.name ?? "—" },
      { label: t("col.manifest"), value: parcel.waybill?.manifest ? <Link to={`/manifests/${parcel.waybill.manifest.id}`}>{parcel.waybill.manifest.number}</Link> : "—" },
    ],
    tabs: [
      ...(parcel.waybill && can("shipping.parcel.view") ? [{ key: "way", label: t(`${tracking}:way.title`), children: <TrackTimeline waybillId={parcel.waybill.id} /> }] : []),
      {
        key: "lines", label: t("parcels.lines"), count: parcel.lines.length,
        children: (
          <Table
            size="small" rowKey="id" pagination={false} dataSource={parcel.lines}
            columns={[
              { title: t("col.sku"), render: (_, line) => <div><Link to={`/products/${line.sku.id}`}>{line.sku.code}</Link><div className="hc-muted">{line.sku.name}</div></div> },
              { title: t("col.units"), align: "right", width: 100, render: (_, line) => <Quantity value={line.quantity} /> },
            ]}
          />
        ),
      },
      ...(can("outbound.fulfilment.view") && parcel.state !== "cancelled" ? [{ key: "choice", label: t(`${tracking}:choice.title`), children: <ServiceChoice fulfilmentId={parcel.fulfilment.id} /> }] : []),
    ],
  };
}

export function ParcelDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useParcel(id);
  const content = useParcelContent(query.data);
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/parcels/${id}`} />;
}

export function ParcelFullPage({ id }: { id: string }) {
  const query = useParcel(id);
  const content = useParcelContent(query.data);
  return <DetailPage query={query} content={content} />;
}
