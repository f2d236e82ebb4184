/** Questions that are spoken, where the browser can write down what it hears. */

import { useCallback, useEffect, useRef, useState } from "react";
import words from "./words";

/** The part of the browsers' interface that is used; TypeScript does not know it. */
interface Recognition extends EventTarget {
  lang: string;
  interimResults: boolean;
  start(): void;
  stop(): void;
  abort(): void;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
}

type Maker = new () => Recognition;

const maker = (): Maker | undefined => {
  const names = window as unknown as Record<string, Maker | undefined>;
  return names.SpeechRecognition ?? names.webkitSpeechRecognition;
};

export const canListen = (): boolean => Boolean(maker());

interface Voice {
  listening: boolean;
  problem: string;
  toggle: () => void;
}

/** Listen; what is understood so far goes to `onText`, behind what was typed before. */
export function useVoice(before: string, onText: (text: string) => void): Voice {
  const [listening, setListening] = useState(false);
  const [problem, setProblem] = useState("");
  const current = useRef<Recognition | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const toggle = useCallback(() => {
    if (current.current) {
      current.current.stop();
      return;
    }
    const Recogniser = maker();
    if (!Recogniser) return;
    const recognition = new Recogniser();
    recognition.lang = "zh-CN";
    recognition.interimResults = true;
    recognition.onresult = ({ results }) => {
      const heard = Array.from(results, (result) => result[0]?.transcript ?? "").join("");
      onText(before + heard);
    };
    recognition.onerror = ({ error }) => {
      if (error === "aborted") return;
      setProblem(/not-allowed/.test(error) ? words.voice.denied : words.voice.failed);
    };
    recognition.onend = () => {
      current.current = null;
      setListening(false);
    };
    current.current = recognition;
    setProblem("");
    try {
      recognition.start();
      setListening(true);
    } catch {
      current.current = null;
      setProblem(words.voice.failed);
    }
  }, [before, onText]);
  return { listening, problem, toggle };
}
