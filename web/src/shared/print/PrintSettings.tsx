import { App, Button, Form, Input, Modal, Select, Space } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { PrintComponent, PrintError } from "./client";
import NS from "./locale";
import { componentAddress, station, stationSave } from "./station";

interface Component {
  code: string;
  url: string;
  secure_url: string;
}

/** Addresses and printers of the print components, kept on this machine. */
export function PrintSettings({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const [saved, setSaved] = useState(station());
  const [found, setFound] = useState<Record<string, string[]>>({});
  const query = useQuery({ queryKey: ["print-components"], queryFn: () => api.get<{ components: Component[] }>("/print-components"), staleTime: Infinity });
  const change = (part: "addresses" | "printers", code: string, value: string) => {
    const next = { ...saved, [part]: { ...saved[part], [code]: value } };
    setSaved(next);
    stationSave(next);
  };
  const find = async (component: Component) => {
    try {
      const open = await PrintComponent.open(componentAddress(component));
      const { names } = await open.printers();
      open.close();
      setFound((before) => ({ ...before, [component.code]: names }));
      void message.success(t("found", { count: names.length }));
    } catch (error) {
      void message.error(t(`error.${error instanceof PrintError ? error.code : "unreachable"}`));
    }
  };
  return (
    <Modal open title={t("settings")} footer={null} onCancel={onClose} width={640}>
      <p className="hc-muted">{t("settingsHint")}</p>
      <Form layout="vertical">
        {(query.data?.components ?? []).map((component) => (
          <Form.Item key={component.code} label={t(`component.${component.code}`)}>
            <Space.Compact block>
              <Input aria-label={t("address")} value={saved.addresses?.[component.code] ?? ""} placeholder={componentAddress(component)} onChange={(event) => change("addresses", component.code, event.target.value.trim())} />
              <Select
                aria-label={t("printer")} style={{ width: 220 }} allowClear placeholder={t("standard")} value={saved.printers?.[component.code] || null}
                options={[...new Set([...(found[component.code] ?? []), ...(saved.printers?.[component.code] ? [saved.printers[component.code] ?? ""] : [])])].map((value) => ({ value, label: value }))}
                onChange={(value: string | null) => change("printers", component.code, value ?? "")}
              />
              <Button onClick={() => void find(component)}>{t("find")}</Button>
            </Space.Compact>
          </Form.Item>
        ))}
      </Form>
    </Modal>
  );
}
