import { useParams } from "react-router";
import { ReceiptFullPage } from "./ReceiptDetail";

export default function ReceiptPage() {
  const { id = "" } = useParams();
  return <ReceiptFullPage id={id} />;
}
