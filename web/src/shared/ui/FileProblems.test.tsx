import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import "@/shared/i18n";
import { FileProblems } from "./FileProblems";

const fault = (row: number | null, field: string, message: string) => ({ code: "x", row, field, message });

describe("FileProblems", () => {
  it("shows the first with its place, and the others on a click", async () => {
    render(<FileProblems problems={[fault(3, "po1.2", "Unknown line."), fault(null, "", "No end.")]} />);
    expect(screen.getByText("Unknown line.", { exact: false })).toBeVisible();
    expect(screen.getByText(/po1\.2/)).toBeVisible();
    expect(screen.queryByText("No end.")).toBeNull();

    await userEvent.click(screen.getByRole("button"));

    expect(await screen.findByText("No end.")).toBeInTheDocument();
  });

  it("has nothing to click where all is said", () => {
    render(<FileProblems problems={[fault(null, "", "Empty file.")]} />);
    expect(screen.getByText("Empty file.")).toBeVisible();
    expect(screen.queryByRole("button")).toBeNull();
  });
});
