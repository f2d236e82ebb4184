/** Keeping what is being read where it is while everything becomes larger or smaller. */

import { type RefObject, useLayoutEffect, useRef } from "react";

const READ = ".Message p, .Message li, .Message tr, .welcome p, .topic";

/** When `view` changes, what was at the top of the conversation stays there. */
export function usePlace(app: RefObject<HTMLElement>, view: string): void {
  const held = useRef<{ element: Element; top: number } | null>(null);
  useLayoutEffect(() => {
    const log = app.current?.querySelector<HTMLElement>(".MessageList");
    if (!log) return undefined;
    if (held.current?.element.isConnected) {
      const { element, top } = held.current;
      log.scrollTop += element.getBoundingClientRect().top - log.getBoundingClientRect().top - top;
    }
    const note = (): void => {
      held.current = topmost(log);
    };
    // Noted before the tap that changes the view takes effect.
    const frame = app.current!;
    frame.addEventListener("click", note, true);
    return () => frame.removeEventListener("click", note, true);
  }, [app, view]);
}

function topmost(log: HTMLElement): { element: Element; top: number } | null {
  const edge = log.getBoundingClientRect().top;
  for (const element of log.querySelectorAll(READ)) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom > edge && bottom > top) return { element, top: top - edge };
  }
  return null;
}
