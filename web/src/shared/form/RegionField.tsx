import { useQueries } from "@tanstack/react-query";
import { Cascader } from "antd";
import { useMemo, useState } from "react";
import { api } from "@/api";

interface Region {
  code: string;
  name: string;
  level: string;
  has_children: boolean;
}
interface Option {
  value: string;
  label: string;
  isLeaf: boolean;
  children?: Option[];
}

/** Province, city, district; each level is asked for when it is opened. */
export function RegionField({ label, value = "", text = "", onChange, missing = false }: { label: string; value?: string; text?: string; onChange?: (code: string, names: string[]) => void; missing?: boolean }) {
  const [opened, setOpened] = useState<string[]>([]);
  const parents = useMemo(() => ["", ...opened], [opened]);
  const levels = useQueries({
    queries: parents.map((parent) => ({
      queryKey: ["regions", parent],
      queryFn: () => api.get<{ items: Region[] }>("/regions", parent ? { parent } : {}),
      staleTime: Infinity,
    })),
  });
  const byParent = new Map(parents.map((parent, index) => [parent, levels[index]?.data?.items]));
  const options = (parent: string): Option[] =>
    (byParent.get(parent) ?? []).map((region) => ({
      value: region.code,
      label: region.name,
      isLeaf: !region.has_children,
      ...(byParent.has(region.code) ? { children: options(region.code) } : {}),
    }));
  const path = value ? [`${value.slice(0, 2)}0000`, ...(value.endsWith("0000") ? [] : [`${value.slice(0, 4)}00`]), ...(value.endsWith("00") ? [] : [value])] : [];
  return (
    <Cascader<Option>
      style={{ width: "100%" }}
      aria-label={label}
      {...(missing ? { status: "warning" as const } : {})}
      options={options("")}
      value={path}
      displayRender={(labels) => text || [...new Set(labels)].join(" ") || value}
      changeOnSelect
      allowClear={false}
      showSearch={false}
      loadData={(chosen) => {
        const last = chosen.at(-1)?.value;
        if (last && !opened.includes(last)) setOpened([...opened, last]);
      }}
      onChange={(codes, chosen) => onChange?.(codes.at(-1) ?? "", chosen.map((one) => one.label))}
    />
  );
}
