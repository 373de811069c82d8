/** Tones made in the browser: right is one high note, wrong two low ones; nothing to download. */
export type SoundName = "right" | "warn" | "wrong" | "done";

const KEY = "hecang.sound";
const NOTES: Record<SoundName, { hz: number; at: number; seconds: number }[]> = {
  right: [{ hz: 1320, at: 0, seconds: 0.09 }],
  warn: [
    { hz: 660, at: 0, seconds: 0.12 },
    { hz: 660, at: 0.18, seconds: 0.12 },
  ],
  wrong: [
    { hz: 220, at: 0, seconds: 0.2 },
    { hz: 165, at: 0.24, seconds: 0.32 },
  ],
  done: [
    { hz: 880, at: 0, seconds: 0.09 },
    { hz: 1320, at: 0.1, seconds: 0.16 },
  ],
};

let context: AudioContext | undefined;

export function soundEnabled(): boolean {
  return localStorage.getItem(KEY) !== "off";
}

export function setSoundEnabled(on: boolean): void {
  localStorage.setItem(KEY, on ? "on" : "off");
}

export function playSound(name: SoundName): void {
  if (!soundEnabled() || typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  void context.resume();
  for (const note of NOTES[name]) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + note.at;
    oscillator.type = name === "wrong" ? "square" : "sine";
    oscillator.frequency.value = note.hz;
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(name === "wrong" ? 0.18 : 0.3, start + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + note.seconds);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + note.seconds + 0.02);
  }
}
