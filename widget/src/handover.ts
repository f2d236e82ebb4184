/** Taking a conversation along: links with a question in them, paper, a file. */

import { useEffect } from "react";
import { shareText } from "./plain";
import type { Turn } from "./types";
import words, { fill } from "./words";

const NAME = "q";
/** Longest question that a link may bring, in characters. */
const LONGEST = 200;

/** The question that the page's address brings; it is put into the box, never sent by itself. */
export function linkedQuestion(): string {
  const query = new URLSearchParams(location.search);
  const question = (query.get(NAME) ?? "").replace(/\s+/g, " ").trim().slice(0, LONGEST);
  if (question) {
    query.delete(NAME);
    const rest = query.toString();
    history.replaceState(history.state, "", location.pathname + (rest ? `?${rest}` : ""));
  }
  return question;
}

/** An address that opens the page with a question in the box. */
export function linkTo(question: string): string {
  return `${location.origin}${location.pathname}?${NAME}=${encodeURIComponent(question)}`;
}

/** Paper cannot be tapped: everything folded is opened while it is printed. */
export function usePrinting(): void {
  useEffect(() => {
    let opened: HTMLDetailsElement[] = [];
    const before = (): void => {
      opened = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
      for (const fold of opened) fold.open = true;
    };
    const after = (): void => {
      for (const fold of opened) fold.open = false;
    };
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
}

/** Keep the whole conversation as a text file. */
export function saveFile(turns: Turn[], title: string): void {
  const text = conversationText(turns, title);
  // With a mark of its encoding, so that old editors show Chinese.
  const url = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${title}.txt`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function conversationText(turns: Turn[], title: string): string {
  const lines = [title, location.origin + location.pathname, ""];
  for (const turn of turns) {
    if (turn.from === "user") lines.push(fill(words.share.question, { text: turn.text }));
    else lines.push(shareText(turn, "", ""), "");
  }
  return lines.join("\n");
}
