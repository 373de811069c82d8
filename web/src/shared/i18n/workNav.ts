/** Words of the navigation for tasks and workers; small, because they are part of the first load. */
import { addLocale } from "./index";

export default addLocale(
  "common",
  { nav: { floorView: "作业现场", tasks: "任务", workers: "作业人员" } },
  { nav: { floorView: "Floor", tasks: "Tasks", workers: "Workers" } },
);
