import { describe, expect, it } from "vitest";
import { ApiProblem } from "@/api";
import { i18n } from "@/shared/i18n";
import { problemText } from "./problemText";

const t = i18n.getFixedT("en");

describe("an error in words", () => {
  it("gives the server's words where it has some", () => {
    expect(problemText(new ApiProblem(409, { title: "Conflict", detail: "A-1 is taken. Choose another code." }), t)).toEqual({ what: "Not possible now", why: "A-1 is taken. Choose another code.", todo: "" });
  });

  it("says each word once, and the first problems of the fields", () => {
    const problem = new ApiProblem(422, { detail: "No.", errors: [{ code: "a", message: "No." }, { code: "b", message: "Name is missing." }] });
    expect(problemText(problem, t).why).toBe("No. Name is missing.");
  });

  it("asks to check the network when nobody answers", () => {
    expect(problemText(new ApiProblem(0, {}), t).what).toBe("The server cannot be reached");
  });

  it("gives the number of a failure of the server, and not its inside", () => {
    const text = problemText(new ApiProblem(500, { detail: "IntegrityError at 0x1", request_id: "r-7" }), t);
    expect(text.todo).toContain("r-7");
    expect(text.why).not.toContain("IntegrityError");
  });

  it("knows a page of an older version", () => {
    expect(problemText(new TypeError("Failed to fetch dynamically imported module: /assets/x.js"), t).what).toBe("A new version is available");
  });
});
