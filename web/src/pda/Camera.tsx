import { useEffect, useEffectEvent, useRef, useState } from "react";
import { makeDecoder } from "./decoder";
import type { Words } from "./locale";

/** Between two looks, and how long the same code is not taken again. */
const LOOK_MS = 120;
const SAME_MS = 2500;

interface Light {
  torch?: boolean;
}

/** The camera as a scanner: stays open until it is closed, so that scan follows scan. */
export default function Camera({ words, onCode, onClose }: { words: Words; onCode: (code: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const stream = useRef<MediaStream | null>(null);
  const [state, setState] = useState<"starting" | "running" | "denied">("starting");
  const [hasTorch, setHasTorch] = useState(false);
  const [torch, setTorch] = useState(false);
  const found = useEffectEvent(onCode);

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = "";
    let lastAt = 0;

    const run = async () => {
      const media = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (!live) {
        for (const track of media.getTracks()) track.stop();
        return;
      }
      stream.current = media;
      const track = media.getVideoTracks()[0];
      setHasTorch((track?.getCapabilities() as Light | undefined)?.torch === true);
      const element = video.current;
      if (!element) return;
      element.srcObject = media;
      await element.play();
      const decode = await makeDecoder();
      setState("running");
      const look = async () => {
        if (!live) return;
        const code = await decode(element).catch(() => null);
        const at = performance.now();
        if (code !== null && (code !== last || at - lastAt > SAME_MS)) {
          last = code;
          lastAt = at;
          found(code);
        }
        timer = setTimeout(() => void look(), LOOK_MS);
      };
      await look();
    };
    run().catch(() => setState("denied"));
    return () => {
      live = false;
      clearTimeout(timer);
      for (const track of stream.current?.getTracks() ?? []) track.stop();
    };
  }, []);

  const light = () => {
    const wanted: Light = { torch: !torch };
    void stream.current?.getVideoTracks()[0]?.applyConstraints({ advanced: [wanted as MediaTrackConstraintSet] });
    setTorch(!torch);
  };

  return (
    <div className="camera">
      <video ref={video} muted playsInline aria-label={words.camera} hidden={state === "denied"} />
      <p className="hint" role="status">{state === "denied" ? words.cameraDenied : state === "running" ? words.cameraAim : words.cameraStarting}</p>
      <div className="scan-ways">
        {hasTorch ? <button type="button" aria-pressed={torch} onClick={light}>{words.torch}</button> : null}
        <button type="button" onClick={onClose}>{words.close}</button>
      </div>
    </div>
  );
}
