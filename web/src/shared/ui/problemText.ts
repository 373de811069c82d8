import type { TFunction } from "i18next";
import { isProblem } from "@/api/problem";

export interface ProblemText {
  /** What happened. */
  what: string;
  /** Why. */
  why: string;
  /** What to do. */
  todo: string;
  requestId?: string | undefined;
}

/**
 * Any error in three parts: what happened, why, what to do.
 *
 * The server's `detail` is in the user's language and says both why and what to do; its `title` is the plain name
 * of the status, so the first part is ours.
 */
export function problemText(error: unknown, t: TFunction): ProblemText {
  if (!isProblem(error)) {
    const stale = error instanceof Error && /dynamically imported module|Importing a module script failed/i.test(error.message);
    if (stale) return { what: t("error.newVersion"), why: t("error.newVersionWhy"), todo: t("error.newVersionDo") };
    return { what: t("error.crash"), why: t("error.crashWhy"), todo: t("error.crashDo") };
  }
  const said = [error.detail, ...error.errors.slice(0, 3).map((one) => one.message)].filter((text) => text !== "");
  const why = [...new Set(said)].join(" ");
  switch (true) {
    case error.status === 0:
    case error.status === 502 || error.status === 503 || error.status === 504:
      return { what: t("error.network"), why: why || t("error.networkWhy"), todo: t("error.networkDo") };
    case error.status === 403:
      return { what: t("error.forbidden"), why: why || t("error.forbiddenWhy"), todo: t("error.forbiddenDo") };
    case error.status === 404:
      return { what: t("error.missing"), why: why || t("detail.notFoundWhy"), todo: why ? "" : t("error.notFoundDo") };
    case error.status === 409:
      return { what: t("error.conflict"), why, todo: why ? "" : t("error.conflictDo") };
    case error.status === 413:
      return { what: t("error.tooLarge"), why, todo: why ? "" : t("error.tooLargeDo") };
    case error.status === 429:
      return { what: t("error.rateLimited"), why, todo: t("error.rateLimitedDo") };
    case error.status >= 500:
      return {
        what: t("error.server"),
        why: t("error.serverWhy"),
        todo: t("error.serverDo", { id: error.requestId ?? "—" }),
        requestId: error.requestId,
      };
    default:
      return { what: t("error.refused"), why, todo: why ? "" : t("error.refusedDo") };
  }
}
