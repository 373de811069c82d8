import { addLocale } from "@/shared/i18n";

export default addLocale(
  "connector",
  { secretKept: "已保存，不会显示；留空则保持不变。", secretPlaceholder: "已保存", mapHint: "每行一条：名称 = 值。", required: "请填写{{label}}" },
  { secretKept: "Stored and never shown; leave it empty to keep it.", secretPlaceholder: "Stored", mapHint: "One a line: name = value.", required: "{{label}} is needed" },
);
