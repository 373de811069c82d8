import { useParams } from "react-router";
import { TicketFullPage } from "./TicketDetail";

export default function TicketPage() {
  const { id = "" } = useParams();
  return <TicketFullPage id={id} />;
}
