import { EyeOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { OrderDetail } from "./types";

interface Recipient {
  name: string;
  phone: string;
  address?: string;
  region?: string;
}

/** The masked recipient; in clear on request, which the server writes to the audit log. A sealed one only the platform can read. */
export function RecipientValue({ order }: { order: OrderDetail }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const report = useReportProblem();
  const [clear, setClear] = useState<Recipient | null>(null);
  if (clear) return <span>{[clear.name, clear.phone, clear.region, clear.address].filter(Boolean).join("  ")}</span>;
  return (
    <span className="hc-row" style={{ flexWrap: "wrap" }}>
      {order.recipient_masked || "—"}
      {order.is_sealed ? <span title={t("detail.sealedHint")}><ToneTag tone="grey">{t("flag.sealed")}</ToneTag></span> : null}
      {can("orders.recipient.view") && !order.is_sealed ? (
        <Button
          size="small"
          type="text"
          icon={<EyeOutlined />}
          aria-label={t("action.reveal")}
          title={t("action.reveal")}
          onClick={() => void api.get<Recipient>(`/orders/${order.id}/recipient`).then(setClear, report)}
        />
      ) : null}
    </span>
  );
}
