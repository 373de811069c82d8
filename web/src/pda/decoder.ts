/** Reads barcodes in pictures: by the browser where it can, else by ZXing compiled to WebAssembly, served by us. */
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export type Decode = (picture: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}
interface DetectorKind {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats: () => Promise<string[]>;
}

const WANTED = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "data_matrix", "qr_code"];
/** The longer side of what is looked at; more costs time, less loses thin bars. */
const LONGEST_SIDE = 1280;

export async function makeDecoder(): Promise<Decode> {
  return (await ofBrowser()) ?? (await ofZxing());
}

async function ofBrowser(): Promise<Decode | null> {
  const kind = (globalThis as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  if (!kind) return null;
  try {
    const formats = await kind.getSupportedFormats();
    if (!["ean_13", "code_128", "data_matrix", "qr_code"].every((one) => formats.includes(one))) return null;
    const detector = new kind({ formats: WANTED.filter((one) => formats.includes(one)) });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
}

async function ofZxing(): Promise<Decode> {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!context || video.videoWidth === 0) return null;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), { maxNumberOfSymbols: 1, tryHarder: true });
    const first = found[0];
    if (!first?.isValid) return null;
    // With the symbology identifier the server knows a GS1 barcode from one of our own.
    return first.symbologyIdentifier && first.contentType === "GS1" ? `${first.symbologyIdentifier}${first.text}` : first.text;
  };
}
