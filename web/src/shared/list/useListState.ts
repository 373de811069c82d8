import { useCallback, useEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";

/** Parameters that are not filters. */
const RESERVED = new Set(["tab", "q", "sort", "cursor", "limit", "open", "dtab", "wh"]);

interface PagerState {
  /** Cursors of the pages before this one, first page first ("" = first page). */
  cursors?: string[];
}

/** The state of a list, all of it in the URL; the way back through pages in the history entry. */
export function useListState() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  const pager = (location.state as PagerState | null) ?? {};
  // A late commit (a pause in typing) must build on the URL of then, not of when it was made.
  const latest = useRef(location);
  useEffect(() => {
    latest.current = location;
  }, [location]);

  const change = useCallback(
    (patch: Record<string, string | string[] | null>, options: { keepPage?: boolean; replace?: boolean; state?: PagerState } = {}) => {
      const next = new URLSearchParams(latest.current.search);
      if (!options.keepPage) next.delete("cursor");
      for (const [key, value] of Object.entries(patch)) {
        next.delete(key);
        if (value === null || value === "") continue;
        if (Array.isArray(value)) for (const one of value) next.append(key, one);
        else next.set(key, value);
      }
      const state = options.state ?? (options.keepPage ? (latest.current.state as PagerState | null) : undefined);
      void navigate({ search: next.toString() }, { replace: options.replace ?? false, state, preventScrollReset: true });
    },
    [navigate],
  );

  return useMemo(() => {
    const cursor = params.get("cursor") ?? "";
    const cursors = pager.cursors ?? [];
    const filters: Record<string, string[]> = {};
    for (const key of new Set(params.keys())) if (!RESERVED.has(key)) filters[key] = params.getAll(key);
    return {
      tab: params.get("tab"),
      q: params.get("q") ?? "",
      sort: params.get("sort") ?? "",
      open: params.get("open"),
      cursor,
      filters,
      pageNumber: cursor === "" ? 1 : cursors.length > 0 ? cursors.length + 1 : null,
      hasPrevious: cursor !== "",
      change,
      setOpen: (id: string | null) => change({ open: id, dtab: null }, { keepPage: true }),
      nextPage: (nextCursor: string) =>
        change({ cursor: nextCursor }, { keepPage: true, state: { cursors: [...cursors, cursor] } }),
      previousPage: () => {
        const before = cursors.at(-1) ?? "";
        change({ cursor: before }, { keepPage: true, state: { cursors: cursors.slice(0, -1) } });
      },
    };
  }, [params, pager.cursors, change]);
}

export type ListState = ReturnType<typeof useListState>;
