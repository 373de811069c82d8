import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import { PasswordForm } from "./PasswordForm";

export default function PasswordPage() {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t("title")} />
      <PageBody>
        <Section>
          <div style={{ maxWidth: 420, paddingTop: 16 }}>
            <PasswordForm onDone={() => void navigate("/")} onCancel={() => void navigate(-1)} />
          </div>
        </Section>
      </PageBody>
    </>
  );
}
