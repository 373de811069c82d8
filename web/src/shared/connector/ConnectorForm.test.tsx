import { describe, expect, it } from "vitest";
import { connectorSettings, connectorValues, mapText, textMap, type ConnectorField } from "./ConnectorForm";

const field = (name: string, kind: string, more: Partial<ConnectorField> = {}): ConnectorField => ({ name, kind, title: name, help: "", required: false, choices: [], ...more });
const FIELDS = [field("key", "text", { required: true }), field("secret", "secret"), field("url", "text", { default: "https://x" }), field("codes", "map", { default: {} }), field("live", "boolean", { default: false })];

describe("connector settings", () => {
  it("shows what is stored, never secrets, and defaults elsewhere", () => {
    expect(connectorValues(FIELDS, { key: "k", secret: "s", codes: { a: "1" } })).toEqual({ key: "k", secret: undefined, url: "https://x", codes: "a = 1", live: false });
  });

  it("sends what is filled in", () => {
    expect(connectorSettings(FIELDS, { key: "k", secret: "", url: "", codes: "a = 1\n\nb=2=3", live: true })).toEqual({ key: "k", codes: { a: "1", b: "2=3" }, live: true });
    expect(connectorSettings(FIELDS, undefined)).toEqual({ codes: {} });
  });

  it("maps go there and back", () => {
    expect(textMap(mapText({ SF: "shunfeng", 中通: "zhongtong" }))).toEqual({ SF: "shunfeng", 中通: "zhongtong" });
  });
});
