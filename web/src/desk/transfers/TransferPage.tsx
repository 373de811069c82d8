import { useParams } from "react-router";
import { TransferFullPage } from "./TransferDetail";

export default function TransferPage() {
  const { id = "" } = useParams();
  return <TransferFullPage id={id} />;
}
