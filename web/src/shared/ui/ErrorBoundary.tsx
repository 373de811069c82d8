import { Button } from "antd";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "./ErrorState";

function Crash({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return <ErrorState error={error} action={<Button type="primary" onClick={() => globalThis.location.reload()}>{t("action.reload")}</Button>} />;
}

/** Keeps a failing page from taking the shell with it. Give it a `key` that changes with the page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === null ? this.props.children : <Crash error={this.state.error} />;
  }
}
