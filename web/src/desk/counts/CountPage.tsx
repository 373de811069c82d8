import { useParams } from "react-router";
import { CountFullPage } from "./CountDetail";

export default function CountPage() {
  const { id = "" } = useParams();
  return <CountFullPage id={id} />;
}
