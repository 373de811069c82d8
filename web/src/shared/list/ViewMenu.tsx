import { ColumnWidthOutlined, DeleteOutlined, StarOutlined } from "@ant-design/icons";
import { App, Button, Checkbox, Input, Popover, Segmented, Space, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import css from "./list.module.css";
import type { Density, SavedView } from "./useListPrefs";

/** Views saved by this user: a name for a URL. */
export function SavedViews({ views, onChange }: { views: SavedView[]; onChange: (views: SavedView[]) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [open, setOpen] = useState(false);

  const save = () => {
    const wanted = name.trim();
    if (wanted === "") return;
    const params = new URLSearchParams(globalThis.location.search);
    for (const key of ["cursor", "open", "dtab", "wh"]) params.delete(key);
    onChange([...views.filter((view) => view.name !== wanted), { name: wanted, search: params.toString() }]);
    setName("");
    void message.success(t("list.viewSaved", { name: wanted }));
  };

  const content = (
    <div className={css.popover}>
      {views.length === 0 ? (
        <div className="hc-muted">
          <strong>{t("list.viewNone")}</strong>
          <div>{t("list.viewNoneHint")}</div>
        </div>
      ) : (
        <ul className={css.views}>
          {views.map((view) => (
            <li key={view.name}>
              <button
                type="button"
                onClick={() => {
                  setOpen(false);
                  void navigate({ search: view.search });
                }}
              >
                {view.name}
              </button>
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t("list.viewDelete", { name: view.name })}
                onClick={() => onChange(views.filter((other) => other.name !== view.name))}
              />
            </li>
          ))}
        </ul>
      )}
      <Space.Compact block>
        <Input value={name} aria-label={t("list.viewName")} placeholder={t("list.viewName")} onChange={(event) => setName(event.target.value)} onPressEnter={save} />
        <Button onClick={save} disabled={name.trim() === ""}>{t("list.viewSave")}</Button>
      </Space.Compact>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content} open={open} onOpenChange={setOpen}>
      <Button icon={<StarOutlined />}>{t("list.views")}</Button>
    </Popover>
  );
}

interface ColumnMenuProps {
  columns: { key: string; label: string }[];
  hidden: string[];
  density: Density;
  onHidden: (hidden: string[]) => void;
  onDensity: (density: Density) => void;
  onReset: () => void;
}

/** Which columns, and how high the rows. */
export function ColumnMenu({ columns, hidden, density, onHidden, onDensity, onReset }: ColumnMenuProps) {
  const { t } = useTranslation();
  const content = (
    <div className={css.popover}>
      <div className={css.popoverTitle}>{t("list.density")}</div>
      <Segmented<Density>
        block
        size="small"
        value={density}
        onChange={onDensity}
        options={[
          { value: "small", label: t("list.compact") },
          { value: "medium", label: t("list.middle") },
          { value: "large", label: t("list.comfortable") },
        ]}
      />
      <div className={css.popoverTitle}>{t("list.columnsTitle")}</div>
      <div className={css.columnList}>
        {columns.map((column) => (
          <Checkbox
            key={column.key}
            checked={!hidden.includes(column.key)}
            onChange={(event) => onHidden(event.target.checked ? hidden.filter((key) => key !== column.key) : [...hidden, column.key])}
          >
            {column.label}
          </Checkbox>
        ))}
      </div>
      <Button size="small" type="link" onClick={onReset}>{t("action.reset")}</Button>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <Tooltip title={t("list.columns")}>
        <Button icon={<ColumnWidthOutlined />} aria-label={t("list.columns")} />
      </Tooltip>
    </Popover>
  );
}

