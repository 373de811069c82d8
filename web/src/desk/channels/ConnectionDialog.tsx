import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, DatePicker, Form, Input, Modal, Select, Skeleton } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ConnectorForm, connectorSettings, connectorValues } from "@/shared/connector/ConnectorForm";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { ErrorState } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { Connection, Connector, Ref } from "./types";

interface Values {
  shop_id?: number;
  name?: string;
  settings?: Record<string, unknown>;
  access?: string;
  refresh?: string;
  expires?: Dayjs | null;
}

/** Connects a shop, or changes how it is connected; the form is made from the connector's typed settings. */
export function ConnectionDialog({ connection, onClose }: { connection: Connection | null; onClose: (id: number | null) => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const connectors = useQuery({ queryKey: ["connectors", "channel"], queryFn: () => api.get<Connector[]>("/connectors", { kind: "channel" }), staleTime: 60_000 });
  const shops = useQuery({ queryKey: ["channel-shops"], queryFn: () => api.get<{ items: Ref[] }>("/shops", { limit: 200 }), enabled: connection === null });
  const [code, setCode] = useState(connection?.connector ?? "");
  const connector = connectors.data?.find((one) => one.code === code);
  const submit = async (values: Values) => {
    const token = values.access || values.refresh ? { access: values.access ?? "", refresh: values.refresh ?? "", expires_at: values.expires?.toISOString() ?? null } : null;
    const body = { name: values.name, settings: connectorSettings(connector?.form ?? [], values.settings), token };
    const saved = connection
      ? await api.put<Connection>(`/connections/${connection.id}`, body)
      : await api.post<Connection>("/connections", { ...body, kind: "channel", connector: code, shop_id: values.shop_id });
    void message.success(t("done"));
    void client.invalidateQueries({ queryKey: ["channels"] });
    return saved.id;
  };
  return (
    <Modal open width={640} title={connection ? connection.name : t("form.new")} footer={null} onCancel={() => onClose(null)} mask={{ closable: false }}>
      {connectors.isLoading ? <Skeleton active /> : null}
      {connectors.isError ? <ErrorState error={connectors.error} /> : null}
      {shops.data?.items.length === 0 ? <Alert type="warning" showIcon title={t("form.noShop")} /> : null}
      {connectors.data ? (
        <>
          {connection ? null : (
            <Form layout="vertical" component={false}>
              <Form.Item label={t("form.connector")} required>
                <Select autoFocus showSearch={{ optionFilterProp: "label" }} value={code || null} options={connectors.data.map((one) => ({ value: one.code, label: one.title }))} onChange={setCode} />
              </Form.Item>
            </Form>
          )}
          {connector ? (
            <FormPattern<Values, number>
              key={connector.code}
              guard={false}
              onSubmit={submit}
              onDone={onClose}
              onCancel={() => onClose(null)}
              initialValues={{ ...(connection ? { name: connection.name } : { name: connector.title }), settings: connectorValues(connector.form, connection?.settings) }}
            >
              {connection ? null : (
                <Form.Item name="shop_id" label={t("form.shop")} rules={[{ required: true, message: t("form.shop") }]}>
                  <Select showSearch={{ optionFilterProp: "label" }} options={(shops.data?.items ?? []).map((shop) => ({ value: shop.id, label: `${shop.code} ${shop.name}` }))} />
                </Form.Item>
              )}
              <Form.Item name="name" label={t("form.name")} rules={[{ required: true, whitespace: true, message: t("form.name") }]}><Input maxLength={100} /></Form.Item>
              <FormSection title={t("form.settings")}>
                <ConnectorForm fields={connector.form} secretsSet={connection?.secrets_set ?? []} />
              </FormSection>
              {connector.needs_token ? (
                <FormSection title={t("form.token")}>
                  <p className="hc-muted">{t("form.tokenHint")}</p>
                  <Form.Item name="access" label={t("form.access")}><Input.Password autoComplete="new-password" maxLength={2000} /></Form.Item>
                  <Form.Item name="refresh" label={t("form.refresh")}><Input.Password autoComplete="new-password" maxLength={2000} /></Form.Item>
                  <Form.Item name="expires" label={t("col.token")}><DatePicker showTime style={{ width: "100%" }} /></Form.Item>
                </FormSection>
              ) : null}
            </FormPattern>
          ) : null}
        </>
      ) : null}
    </Modal>
  );
}
