/** Reading aloud with the browser's own voice. */

import { useSyncExternalStore } from "react";

const LANGUAGE = "zh-CN";
/** A little slower than usual. */
const RATE = 0.9;
/** Chrome falls silent in the middle of longer pieces. */
const LONGEST = 100;

let speaking = "";
const listeners = new Set<() => void>();

function set(id: string): void {
  speaking = id;
  listeners.forEach((listener) => listener());
}

export const canSpeak = (): boolean =>
  "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;

/** Pieces that end where a sentence ends. */
export function pieces(text: string): string[] {
  const sentences = text.match(/[^。！？；\n]+[。！？；\n]*/g) ?? [];
  const found: string[] = [];
  for (const sentence of sentences) {
    const last = found[found.length - 1];
    if (last !== undefined && last.length + sentence.length <= LONGEST) {
      found[found.length - 1] = last + sentence;
    } else {
      found.push(sentence);
    }
  }
  return found.map((piece) => piece.trim()).filter(Boolean);
}

/** Read a text; `id` is what {@link useSpeaking} says meanwhile. */
export function speak(id: string, text: string): void {
  if (!canSpeak()) return;
  stop();
  set(id);
  const voice = speechSynthesis.getVoices().find((each) => /^zh[-_](CN|Hans)/i.test(each.lang));
  const parts = pieces(text);
  parts.forEach((part, index) => {
    const utterance = new SpeechSynthesisUtterance(part);
    utterance.lang = LANGUAGE;
    utterance.rate = RATE;
    if (voice) utterance.voice = voice;
    const done = (): void => {
      if (speaking === id && index === parts.length - 1) set("");
    };
    utterance.onend = done;
    utterance.onerror = done;
    speechSynthesis.speak(utterance);
  });
}

export function stop(): void {
  set("");
  if (canSpeak()) speechSynthesis.cancel();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The id of what is being read, or "". */
export const useSpeaking = (): string => useSyncExternalStore(subscribe, () => speaking);
