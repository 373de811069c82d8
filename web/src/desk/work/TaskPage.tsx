import { useParams } from "react-router";
import { TaskFullPage } from "./TaskDetail";

export default function TaskPage() {
  const { id = "" } = useParams();
  return <TaskFullPage id={id} />;
}
