import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Drawer, Form, Input, Select, Space, Table, Typography } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { ConnectorForm, connectorSettings, connectorValues } from "@/shared/connector/ConnectorForm";
import { DateTime } from "@/shared/format/format";
import { FormSection } from "@/shared/form/FormPattern";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import NS from "./tracking/locale";
import type { CarrierLink, Connection, ConnectionDetail, Connector } from "./trackingTypes";

const TONES: Record<string, Tone> = { ok: "green", warning: "orange", failing: "red", off: "grey" };

function useConnectors() {
  return useQuery({ queryKey: ["connectors", "carrier"], queryFn: () => api.get<Connector[]>("/connectors", { kind: "carrier" }), staleTime: 300_000, select: (data) => data.filter((one) => one.kind === "carrier") });
}

interface Values {
  name: string;
  connector: string;
  settings?: Record<string, unknown>;
}

function ConnectionDialog({ connection, connectors, onClose }: { connection: ConnectionDetail | null; connectors: Connector[]; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const [code, setCode] = useState(connection?.connector ?? connectors[0]?.code ?? "");
  const connector = connectors.find((one) => one.code === code);
  const fields = connector?.form ?? [];
  return (
    <RecordDialog<Values>
      key={code}
      title={connection ? t("links.edit") : t("links.new")}
      width={640}
      initialValues={{ connector: code, name: connection?.name ?? connector?.title ?? "", settings: connectorValues(fields, connection?.settings ?? null) }}
      onClose={onClose}
      onSubmit={({ name, settings }) => {
        const body = { name, settings: connectorSettings(fields, settings) };
        return connection ? api.put(`/connections/${connection.id}`, body) : api.post("/connections", { kind: "carrier", connector: code, ...body });
      }}
    >
      <FormSection title={t("links.title")}>
        <Form.Item name="connector" label={t("links.connector")}><Select disabled={connection !== null} options={connectors.map((one) => ({ value: one.code, label: one.title }))} onChange={setCode} /></Form.Item>
        <Form.Item name="name" label={t("links.name")} rules={[{ required: true, message: t("form.required", { ns: "common", label: t("links.name") }) }]}><Input maxLength={100} /></Form.Item>
      </FormSection>
      <FormSection title={t("links.settings")}><ConnectorForm fields={fields} secretsSet={connection?.secrets_set ?? []} /></FormSection>
    </RecordDialog>
  );
}

/** Which carriers a connection orders waybills for, and whose parcels it follows. */
function Carriers({ connectionId, features, mayChange }: { connectionId: number; features: string[]; mayChange: boolean }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const report = useReportProblem();
  const client = useQueryClient();
  const carriers = useOptions("/carriers");
  const key = ["detail", "connection-carriers", connectionId];
  const query = useQuery({ queryKey: key, queryFn: () => api.get<{ links: CarrierLink[] }>(`/connections/${connectionId}/carriers`) });
  const links = query.data?.links ?? [];
  const save = async (next: Pick<CarrierLink, "carrier_id" | "ships" | "tracks" | "code">[]) => {
    try {
      client.setQueryData(key, await api.put(`/connections/${connectionId}/carriers`, { links: next.map(({ carrier_id, ships, tracks, code }) => ({ carrier_id, ships, tracks, code })) }));
      void message.success(t("links.saved"));
    } catch (error) {
      report(error);
    }
  };
  const change = (row: CarrierLink, part: Partial<CarrierLink>) => void save(links.map((one) => (one.carrier_id === row.carrier_id ? { ...one, ...part } : one)));
  const mayShip = features.includes("order");
  const mayTrack = features.includes("track") || features.includes("receive");
  const free = carriers.options.filter((one) => !links.some((link) => link.carrier_id === one.value));
  return (
    <>
      <p className="hc-muted">{t("links.carriersHint")}</p>
      <Table<CarrierLink>
        size="small" rowKey="carrier_id" pagination={false} dataSource={links}
        columns={[
          { title: t("col.carrier"), render: (_, one) => one.carrier_name },
          { title: t("links.ships"), width: 100, render: (_, one) => <Checkbox aria-label={t("links.ships")} checked={one.ships} disabled={!mayChange || !mayShip} onChange={(event) => change(one, { ships: event.target.checked })} /> },
          { title: t("links.tracks"), width: 100, render: (_, one) => <Checkbox aria-label={t("links.tracks")} checked={one.tracks} disabled={!mayChange || !mayTrack} onChange={(event) => change(one, { tracks: event.target.checked })} /> },
          { title: t("links.code"), width: 170, render: (_, one) => <Input size="small" aria-label={t("links.code")} defaultValue={one.code} maxLength={40} disabled={!mayChange} placeholder={t("links.codeHint")} onBlur={(event) => event.target.value !== one.code && change(one, { code: event.target.value })} /> },
        ]}
      />
      {mayChange ? (
        <Select<number | null> style={{ width: 240, marginTop: 10 }} placeholder={t("links.add")} value={null} options={free} showSearch={{ optionFilterProp: "label" }}
          onChange={(value) => value !== null && void save([...links, { carrier_id: value, ships: mayShip, tracks: mayTrack, code: "" }])} />
      ) : null}
    </>
  );
}

function ConnectionDrawer({ id, connectors, onClose }: { id: string; connectors: Connector[]; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const report = useReportProblem();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const query = useQuery({ queryKey: ["detail", "connection", id], queryFn: () => api.get<ConnectionDetail>(`/connections/${id}`) });
  const connection = query.data;
  const mayChange = can("integrations.connection.change");
  if (!connection) return <Drawer open size={640} onClose={onClose} loading />;
  const run = async (work: () => Promise<void>) => {
    try {
      await work();
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "connection", id] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    }
  };
  const check = () => run(async () => {
    const answer = await api.post<{ is_ok: boolean; message: string }>(`/connections/${id}/check`);
    if (answer.is_ok) void message.success(t("links.checkOk"));
    else void message.error(t("links.checkFailed", { message: answer.message }));
  });
  const turn = () => run(async () => {
    await api.post(`/connections/${id}/active`, { is_active: !connection.is_active });
    void message.success(t("links.saved"));
  });
  return (
    <Drawer
      open size={640} onClose={onClose} title={connection.name}
      extra={mayChange ? (
        <Space>
          <Button onClick={() => void check()}>{t("links.check")}</Button>
          <Button onClick={() => setEditing(true)}>{t("links.edit")}</Button>
          <Button type="primary" danger={connection.is_active} onClick={() => void turn()}>{t(connection.is_active ? "links.turnOff" : "links.turnOn")}</Button>
        </Space>
      ) : null}
    >
      <Section title={t("links.carriers")}><Carriers connectionId={connection.id} features={connection.features} mayChange={mayChange} /></Section>
      {connection.push_path ? (
        <Section title={t("links.push")}>
          <p className="hc-muted">{t("links.pushHint")}</p>
          <Typography.Text code copyable>{`${globalThis.location.origin}${connection.push_path}`}</Typography.Text>
        </Section>
      ) : null}
      {editing ? <ConnectionDialog connection={connection} connectors={connectors} onClose={() => setEditing(false)} /> : null}
    </Drawer>
  );
}

/** Connections to carriers' systems. */
export default function ConnectionsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [making, setMaking] = useState(false);
  const connectors = useConnectors();
  const known = connectors.data ?? [];
  const columns = useMemo<ListColumn<Connection>[]>(
    () => [
      { key: "name", title: t("links.name"), width: 240, render: (row) => row.name },
      { key: "connector", title: t("links.connector"), width: 160, render: (row) => row.connector },
      { key: "status", title: t("links.state"), width: 120, render: (row) => <ToneTag tone={TONES[row.status] ?? "grey"}>{t(`links.status.${row.status}`)}</ToneTag> },
      { key: "ok", title: t("links.lastOk"), width: 140, render: (row) => <DateTime value={row.last_ok_at} /> },
      { key: "error", title: t("col.reason"), width: 360, render: (row) => row.last_error },
    ],
    [t],
  );
  const create = can("integrations.connection.create") ? <Button type="primary" icon={<PlusOutlined />} disabled={known.length === 0} title={known.length === 0 ? t("links.none") : ""} onClick={() => setMaking(true)}>{t("links.new")}</Button> : null;
  return (
    <>
      <ListPage<Connection>
        id="carrier-connections" title={t("links.title")} hint={t("links.hint")} path="/connections" baseQuery={{ kind: "carrier" }} columns={columns} rowId={(row) => row.id} rowName={(row) => row.name} primaryAction={create}
        drawer={(id, close) => <ConnectionDrawer id={id} connectors={known} onClose={close} />}
        empty={{ title: t("links.empty"), hint: t("links.emptyHint"), action: create }}
      />
      {making ? <ConnectionDialog connection={null} connectors={known} onClose={() => setMaking(false)} /> : null}
    </>
  );
}
