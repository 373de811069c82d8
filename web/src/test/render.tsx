import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { vi } from "vitest";
import type { Me } from "@/api";
import { SessionProvider } from "@/shared/session/session";
import { ThemeProvider } from "@/shared/theme/ThemeProvider";

export function makeMe(permissions: string[] = ["*"]): Me {
  return {
    user: { id: 7, username: "lin", display_name: "林静", language: "zh-hans", theme: "light" },
    roles: ["order_desk"],
    permissions,
    scopes: { warehouses: null, owners: null, shops: null },
    csrf_token: "token-1",
  };
}

/** Renders inside router, session, theme and query client, as the desk does. */
export function renderPage(element: ReactNode, { url = "/", permissions = ["*"], others = [] as { path: string; element: ReactNode }[] } = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const path = url.split("?")[0] ?? "/";
  const router = createMemoryRouter(
    [
      { path, element: <SessionProvider me={makeMe(permissions)}>{element}</SessionProvider> },
      ...others,
    ],
    { initialEntries: [url] },
  );
  const view = render(
    <QueryClientProvider client={client}>
      <ThemeProvider>
        <RouterProvider router={router} />
      </ThemeProvider>
    </QueryClientProvider>,
  );
  return { ...view, router, client };
}

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

export type Answer = (call: Call) => unknown;

/** Answers fetch from a table "METHOD /path" → answer; records the calls. A Response is passed through. */
export function mockApi(answers: Record<string, Answer>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", (input: string, init: RequestInit = {}) => {
    const url = new URL(input, "http://localhost");
    const path = url.pathname.replace("/api/v1", "");
    const method = init.method ?? "GET";
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : init.body;
    const call: Call = { method, path, query: url.searchParams, headers: new Headers(init.headers), body };
    calls.push(call);
    const answer = answers[`${method} ${path}`];
    if (!answer) return Promise.resolve(new Response(JSON.stringify({ detail: `no answer for ${method} ${path}` }), { status: 404 }));
    const value = answer(call);
    if (value instanceof Response) return Promise.resolve(value);
    return Promise.resolve(new Response(JSON.stringify(value), { status: 200, headers: { "Content-Type": "application/json" } }));
  });
  return calls;
}

export function problem(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
}
