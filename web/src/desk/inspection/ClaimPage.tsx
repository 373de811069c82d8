import { useParams } from "react-router";
import { ClaimFullPage } from "./ClaimDetail";

export default function ClaimPage() {
  const { id = "" } = useParams();
  return <ClaimFullPage id={id} />;
}
