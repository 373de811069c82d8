import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api";
import { newScanId, sendUntilAnswered } from "./send";

const lost = new ApiProblem(0, {});
const quick = () => Promise.resolve();

describe("sending scans", () => {
  it("sends again when no answer came, and gives the answer", async () => {
    const send = vi.fn<() => Promise<string>>().mockRejectedValueOnce(lost).mockRejectedValueOnce(new ApiProblem(503, {})).mockResolvedValue("first answer");
    await expect(sendUntilAnswered(send, quick)).resolves.toBe("first answer");
    expect(send).toHaveBeenCalledTimes(3);
  });

  it("does not repeat what the server refused", async () => {
    const send = vi.fn(() => Promise.reject(new ApiProblem(409, { code: "batch_taken" })));
    await expect(sendUntilAnswered(send, quick)).rejects.toMatchObject({ code: "batch_taken" });
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("gives up at last, so that the person learns of it", async () => {
    const send = vi.fn(() => Promise.reject(lost));
    await expect(sendUntilAnswered(send, quick)).rejects.toBe(lost);
    expect(send).toHaveBeenCalledTimes(5);
  });

  it("makes UUIDs also where randomUUID is missing (plain http)", () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(newScanId()).toMatch(uuid);
    vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
    expect(newScanId()).toMatch(uuid);
    vi.unstubAllGlobals();
  });
});
