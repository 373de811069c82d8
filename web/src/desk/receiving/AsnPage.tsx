import { useParams } from "react-router";
import { AsnFullPage } from "./AsnDetail";

export default function AsnPage() {
  const { id = "" } = useParams();
  return <AsnFullPage id={id} />;
}
