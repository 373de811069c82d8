import { useParams } from "react-router";
import { ParcelFullPage } from "./ParcelDetail";

export default function ParcelPage() {
  const { id = "" } = useParams();
  return <ParcelFullPage id={id} />;
}
