import { ApiProblem } from "@/api";

/** Fetches a PDF of the API with the user's session. `url` is absolute from the root ("/api/v1/…"). */
async function fetchPdf(url: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin" });
  } catch {
    throw new ApiProblem(0, {});
  }
  if (!response.ok) {
    let body = {};
    try {
      body = (await response.json()) as object;
    } catch {
      // not ours: the status must do
    }
    throw new ApiProblem(response.status, body);
  }
  return URL.createObjectURL(await response.blob());
}

/** Shows a PDF in a tab of its own. */
export async function openPdf(url: string): Promise<void> {
  const address = await fetchPdf(url);
  globalThis.open(address, "_blank", "noopener");
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

let frame: HTMLIFrameElement | undefined;

/** Prints a PDF without leaving the page; a browser in kiosk printing mode asks nothing. */
export async function printPdf(url: string): Promise<void> {
  const address = await fetchPdf(url);
  frame?.remove();
  const next = document.createElement("iframe");
  next.style.cssText = "position:fixed;width:1px;height:1px;opacity:0;border:0;right:0;bottom:0";
  next.tabIndex = -1;
  next.setAttribute("aria-hidden", "true");
  next.src = address;
  next.onload = () => {
    next.contentWindow?.print();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  frame = next;
  document.body.append(next);
}
