import { useParams } from "react-router";
import { InspectionFullPage } from "./InspectionDetail";

export default function InspectionPage() {
  const { id = "" } = useParams();
  return <InspectionFullPage id={id} />;
}
