import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { api, type Page, type Query } from "@/api";

interface Item {
  id: number;
  code?: string;
  number?: string;
  name?: string;
  sku?: { code: string };
}

export type Path = "/warehouses" | "/locations" | "/skus" | "/lots" | "/containers" | "/suppliers" | "/owners";

interface RemoteProps {
  path: Path;
  query?: Query;
  value?: string;
  onChange?: (value: string) => void;
  id?: string;
  placeholder?: string;
}

/** A choice among many: what is typed is looked for by the server. */
export function RemoteField({ path, query = {}, ...rest }: RemoteProps) {
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["filter", path, text, query],
    queryFn: ({ signal }) => api.get<Page<Item>>(path, { ...query, ...(text === "" ? {} : { q: text }), limit: 50 }, signal),
  });
  const options = (list.data?.items ?? []).map((item) => ({
    value: String(item.id),
    label: [item.sku?.code, item.code ?? item.number, item.name].filter(Boolean).join(" · "),
  }));
  return <Select {...rest} showSearch={{ filterOption: false, onSearch: setText }} loading={list.isFetching} options={options} allowClear />;
}
