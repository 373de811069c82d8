import { useCallback, useState } from "react";

export type Density = "small" | "medium" | "large";

export interface SavedView {
  name: string;
  search: string;
}

interface Prefs {
  hidden?: string[];
  density?: Density;
  limit?: number;
  views?: SavedView[];
}

function read(key: string): Prefs {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Prefs;
  } catch {
    return {};
  }
}

/** What one user likes of one list: columns, row height, page size, saved views. Kept in the browser. */
export function useListPrefs(listId: string, user: string | number) {
  const key = `hecang.list.${String(user)}.${listId}`;
  const [prefs, setPrefs] = useState<Prefs>(() => read(key));
  const update = useCallback(
    (patch: Partial<Prefs>) => {
      const next = { ...read(key), ...patch };
      localStorage.setItem(key, JSON.stringify(next));
      setPrefs(next);
    },
    [key],
  );
  return { prefs, update };
}
