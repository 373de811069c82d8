import { useQuery } from "@tanstack/react-query";
import { App, Form, Input, Modal, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ConnectorForm, connectorSettings, connectorValues } from "@/shared/connector/ConnectorForm";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { ErrorState } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { Connection, Connector } from "./types";

interface Values {
  name?: string;
  settings?: Record<string, unknown>;
}

/** Makes a connection, or changes one; the form is made from the connector's typed settings. */
export function ConnectionDialog({ connection, onClose }: { connection: Connection | null; onClose: (id: number | null) => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const connectors = useQuery({ queryKey: ["connectors", "erp"], queryFn: () => api.get<Connector[]>("/connectors", { kind: "erp" }), staleTime: 60_000 });
  const [code, setCode] = useState(connection?.connector ?? "");
  const connector = connectors.data?.find((one) => one.code === code);
  const submit = async (values: Values) => {
    const body = { name: values.name, settings: connectorSettings(connector?.form ?? [], values.settings), token: null };
    const saved = connection ? await api.put<Connection>(`/connections/${connection.id}`, body) : await api.post<Connection>("/connections", { ...body, kind: "erp", connector: code });
    void message.success(t("done"));
    return saved.id;
  };
  return (
    <Modal open width={680} title={connection ? connection.name : t("form.new")} footer={null} onCancel={() => onClose(null)} mask={{ closable: false }}>
      {connectors.isLoading ? <Skeleton active /> : null}
      {connectors.isError ? <ErrorState error={connectors.error} /> : null}
      {connectors.data && !connection ? (
        <Form layout="vertical" component={false}>
          <Form.Item label={t("form.connector")} required>
            <Select autoFocus aria-label={t("form.connector")} value={code || null} options={connectors.data.map((one) => ({ value: one.code, label: one.title }))} onChange={setCode} />
          </Form.Item>
        </Form>
      ) : null}
      {connector ? (
        <FormPattern<Values, number>
          key={connector.code}
          guard={false}
          onSubmit={submit}
          onDone={onClose}
          onCancel={() => onClose(null)}
          initialValues={{ ...(connection ? { name: connection.name } : {}), settings: connectorValues(connector.form, connection?.settings) }}
        >
          <Form.Item name="name" label={t("form.name")} rules={[{ required: true, whitespace: true, message: t("form.name") }]}><Input maxLength={100} /></Form.Item>
          <FormSection title={t("form.settings")}>
            <ConnectorForm fields={connector.form} secretsSet={connection?.secrets_set ?? []} />
          </FormSection>
        </FormPattern>
      ) : null}
    </Modal>
  );
}
