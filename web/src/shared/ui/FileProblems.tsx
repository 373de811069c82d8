import { Button, Popover } from "antd";
import { useTranslation } from "react-i18next";

export interface FileProblem {
  code: string;
  message: string;
  row: number | null;
  field: string;
}

/** Where in the file: "row 3, po1.2", as far as it is known. */
function Place({ problem }: { problem: FileProblem }) {
  const { t } = useTranslation();
  const parts = [problem.row === null ? "" : t("file.row", { row: problem.row }), problem.field].filter(Boolean);
  return parts.length ? <span className="hc-faint">{parts.join(" · ")} </span> : null;
}

/** What a file was refused for: the first fault as text, the others on a click. */
export function FileProblems({ problems }: { problems: FileProblem[] }) {
  const { t } = useTranslation();
  const [first, ...others] = problems;
  if (!first) return <span className="hc-faint">—</span>;
  return (
    <span>
      <Place problem={first} />
      {first.message}
      {others.length ? (
        <Popover
          trigger="click"
          title={t("file.problems", { count: problems.length })}
          content={
            <ol style={{ maxHeight: 320, maxWidth: 480, overflow: "auto", margin: 0, paddingInlineStart: 20 }}>
              {problems.map((one, index) => <li key={index}><Place problem={one} />{one.message}</li>)}
            </ol>
          }
        >
          <Button type="link" size="small" onClick={(event) => event.stopPropagation()}>{t("file.more", { count: others.length })}</Button>
        </Popover>
      ) : null}
    </span>
  );
}
