import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Form, Input } from "antd";
import { Link } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api";
import { renderPage } from "@/test/render";
import { FormPattern } from "./FormPattern";
import { fieldName, splitProblems } from "./problems";

const form = (onSubmit: (values: { code: string; name: string }) => Promise<unknown>) => (
  <>
    <FormPattern onSubmit={onSubmit}>
      <Form.Item name="code" label="编码"><Input /></Form.Item>
      <Form.Item name="name" label="名称"><Input /></Form.Item>
    </FormPattern>
    <Link to="/other">{"go"}</Link>
  </>
);
const others = [{ path: "/other", element: <p>{"elsewhere"}</p> }];

describe("FormPattern", () => {
  it("puts the server's words on the field they name, and the rest in the summary", async () => {
    const refused = new ApiProblem(422, {
      detail: "有 2 处需要修改",
      errors: [
        { loc: "body.code", code: "duplicate", message: "编码 A1 已被使用" },
        { loc: "warehouse", code: "closed", message: "仓库已停用" },
      ],
    });
    renderPage(form(() => Promise.reject(refused)), { others });
    await userEvent.type(screen.getByLabelText(/编码/), "A1");
    await userEvent.click(screen.getByRole("button", { name: "保存" }));
    expect(await screen.findByText("编码 A1 已被使用")).toBeInTheDocument();
    expect(screen.getByLabelText(/编码/)).toHaveAttribute("aria-invalid", "true");
    expect(screen.getByRole("alert", { name: "" })).toBeInTheDocument();
    expect(screen.getByText("仓库已停用")).toBeInTheDocument();
  });

  it("submits with Ctrl-Enter", async () => {
    const onSubmit = vi.fn(() => Promise.resolve());
    renderPage(form(onSubmit), { others });
    await userEvent.type(screen.getByLabelText(/名称/), "水");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(1));
    expect(onSubmit).toHaveBeenCalledWith(expect.objectContaining({ name: "水" }));
  });

  it("asks before it lets unsaved changes go, and does not ask after saving", async () => {
    const { router } = renderPage(form(() => Promise.resolve()), { others });
    await userEvent.type(screen.getByLabelText(/编码/), "x");
    await userEvent.click(screen.getByRole("link", { name: "go" }));
    expect(await screen.findAllByRole("dialog")).toHaveLength(1);
    expect(screen.getByRole("dialog")).toHaveTextContent("有未保存的修改");
    expect(router.state.location.pathname).toBe("/");
    await userEvent.click(screen.getByRole("button", { name: "继续编辑" }));
    await userEvent.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "保存" })).toBeEnabled());
    await userEvent.click(screen.getByRole("link", { name: "go" }));
    expect(await screen.findByText("elsewhere")).toBeInTheDocument();
  });
});

describe("problems of fields", () => {
  it("reads a location as a field name", () => {
    expect(fieldName({ loc: "body.lines.0.sku", code: "x", message: "" })).toEqual(["lines", 0, "sku"]);
    expect(fieldName({ field: "name", code: "x", message: "" })).toEqual(["name"]);
    expect(fieldName({ code: "x", message: "" })).toBeNull();
  });

  it("keeps several problems of one field together", () => {
    const { fields, rest } = splitProblems(
      [
        { loc: "a", code: "1", message: "one" },
        { loc: "a", code: "2", message: "two" },
        { loc: "b", code: "3", message: "three" },
      ],
      (name) => name[0] === "a",
    );
    expect(fields).toEqual([{ name: ["a"], errors: ["one", "two"] }]);
    expect(rest).toEqual(["three"]);
  });
});
