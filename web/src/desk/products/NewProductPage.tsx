import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { changedOnly } from "./changes";
import NS from "./locale";
import { SKU_DEFAULTS, SkuFields } from "./SkuFields";

export default function NewProductPage() {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const submit = async (values: Record<string, unknown>) => {
    const made = await api.post<{ id: number }>("/skus", changedOnly({}, values));
    await client.invalidateQueries({ queryKey: ["list"] });
    void message.success(t("done.created", { code: String(values.code) }));
    return made.id;
  };
  return (
    <>
      <PageHeader title={t("newTitle")} />
      <PageBody>
        <Section>
          <div style={{ maxWidth: 860, paddingTop: 16 }}>
            <FormPattern<Record<string, unknown>, number> onSubmit={submit} onDone={(id) => void navigate(`/products/${id}`, { replace: true })} initialValues={SKU_DEFAULTS} onCancel={() => void navigate("/products")}>
              <SkuFields create />
            </FormPattern>
          </div>
        </Section>
      </PageBody>
    </>
  );
}
