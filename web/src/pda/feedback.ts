/** Right and wrong, felt without looking: a tone and a buzz. */
import { playSound, type SoundName } from "@/shared/scan/sound";

const BUZZES: Record<SoundName, number[]> = { right: [40], warn: [80, 60, 80], wrong: [180, 80, 260], done: [40, 60, 40] };

export function feel(name: SoundName): void {
  playSound(name);
  if (typeof navigator.vibrate === "function") navigator.vibrate(BUZZES[name]);
}
