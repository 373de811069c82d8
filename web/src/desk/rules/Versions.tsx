import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { DateTime } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./rules.module.css";
import type { ActionType, RuleDetail, RuleVersion } from "./types";
import { actionText } from "./words";

function textsOf(version: RuleVersion, types: readonly ActionType[]): string[] {
  return [version.condition, ...version.actions.map((action) => actionText(action, types))];
}

/** Every version, newest first, with what differs from the one before. */
export function Versions({ rule, types, onRestore }: { rule: RuleDetail; types: readonly ActionType[]; onRestore?: (number: number) => void }) {
  const { t } = useTranslation(NS);
  const ask = useAsk();
  return (
    <div>
      {rule.versions.map((version, place) => {
        const older = rule.versions[place + 1];
        const now = textsOf(version, types);
        const before = older ? textsOf(older, types) : [];
        const gone = before.filter((text) => !now.includes(text));
        return (
          <div key={version.number} className={css.version}>
            <div className={css.versionHead}>
              <strong>{`v${version.number}`}</strong>
              {version.number === rule.version ? <ToneTag tone="green">{t("versions.now")}</ToneTag> : null}
              <span className="hc-muted">{t("versions.by", { author: version.author })} · <DateTime mode="absolute" value={version.created_at} /></span>
              <span className="hc-faint">{version.note}</span>
              {onRestore && version.number !== rule.version ? (
                <Button
                  size="small"
                  onClick={() =>
                    void ask({ title: t("versions.restore"), okText: t("versions.restore"), text: t("versions.restoreText", { number: version.number }) }).then((answer) => (answer ? onRestore(version.number) : undefined))
                  }
                >
                  {t("versions.restore")}
                </Button>
              ) : null}
            </div>
            <pre className={css.source}>
              {gone.map((text) => <div key={text} className={css.removed}>{text}</div>)}
              {now.map((text) => <div key={text} className={older && !before.includes(text) ? css.added : undefined}>{text}</div>)}
            </pre>
          </div>
        );
      })}
    </div>
  );
}
