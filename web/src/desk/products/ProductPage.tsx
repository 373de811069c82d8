import { useParams } from "react-router";
import { SkuFullPage } from "./SkuDetail";

export default function ProductPage() {
  const { id = "" } = useParams();
  return <SkuFullPage id={id} />;
}
