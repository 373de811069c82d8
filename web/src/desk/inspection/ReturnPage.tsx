import { useParams } from "react-router";
import { ReturnFullPage } from "./ReturnDetail";

export default function ReturnPage() {
  const { id = "" } = useParams();
  return <ReturnFullPage id={id} />;
}
