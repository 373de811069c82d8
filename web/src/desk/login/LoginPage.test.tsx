import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { makeMe, mockApi, problem, renderPage } from "@/test/render";
import LoginPage from "./LoginPage";
import { safeNext } from "./next";

const others = [{ path: "/orders", element: <p>{"the orders"}</p> }];

async function signIn() {
  await userEvent.type(screen.getByLabelText("用户名"), "lin");
  await userEvent.type(screen.getByLabelText("密码"), "secret");
  await userEvent.click(screen.getByRole("button", { name: "登录" }));
}

describe("login", () => {
  it("goes back to where the user was", async () => {
    const calls = mockApi({ "POST /auth/login": () => makeMe() });
    const { router } = renderPage(<LoginPage />, { url: "/login?next=%2Forders%3Ftab%3Dshort", others });
    await signIn();
    expect(await screen.findByText("the orders")).toBeInTheDocument();
    expect(router.state.location.search).toBe("?tab=short");
    expect(calls[0]?.body).toEqual({ username: "lin", password: "secret" });
  });

  it("shows the server's words when refused", async () => {
    mockApi({ "POST /auth/login": () => problem(401, { code: "bad_credentials", detail: "用户名或密码不对" }) });
    renderPage(<LoginPage />, { url: "/login", others });
    await signIn();
    await waitFor(() => expect(screen.getByText("用户名或密码不对")).toBeInTheDocument());
  });

  it("never leaves the site", () => {
    expect(safeNext("//evil.example")).toBe("/");
    expect(safeNext("/\\evil.example")).toBe("/");
    expect(safeNext("https://evil.example")).toBe("/");
    expect(safeNext("/login?next=/login")).toBe("/");
    expect(safeNext("/stock?q=1")).toBe("/stock?q=1");
  });
});
