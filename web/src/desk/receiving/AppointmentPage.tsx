import { useParams } from "react-router";
import { AppointmentFullPage } from "./AppointmentDetail";

export default function AppointmentPage() {
  const { id = "" } = useParams();
  return <AppointmentFullPage id={id} />;
}
