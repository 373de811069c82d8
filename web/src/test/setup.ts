import "@testing-library/jest-dom/vitest";
import "antd/es/locale/zh_CN";
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import "@/shared/i18n";
import { i18n } from "@/shared/i18n";

// What jsdom lacks and the components use.
class NoResize {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", NoResize);
vi.stubGlobal("PointerEvent", MouseEvent);
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addListener: () => undefined,
  removeListener: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => false,
}));

void i18n.changeLanguage("zh-CN");

afterEach(() => {
  cleanup();
  localStorage.clear();
});
