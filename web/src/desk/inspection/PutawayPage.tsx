import { useParams } from "react-router";
import { PutawayFullPage } from "./PutawayDetail";

export default function PutawayPage() {
  const { id = "" } = useParams();
  return <PutawayFullPage id={id} />;
}
