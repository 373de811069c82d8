import { useParams } from "react-router";
import { OrderFullPage } from "./OrderDetail";

export default function OrderPage() {
  const { id = "" } = useParams();
  return <OrderFullPage id={id} />;
}
