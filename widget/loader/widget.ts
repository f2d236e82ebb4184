/**
 * `<script src="https://HOST/chat/widget.js" defer></script>` puts a round button on any site;
 * it opens the chat page in a frame. Attributes of the tag: `data-colour`, `data-side="left"`,
 * `data-label`.
 *
 * Everything is styled through the DOM, so a strict style policy of the site is no obstacle.
 */

import { loader as words } from "../src/words.json";
import { MESSAGES } from "./messages";

type Style = Partial<CSSStyleDeclaration>;

const script = document.currentScript as HTMLScriptElement;
const address = new URL(script.src, location.href);
const { colour = "#0b6e63", side = "right", label = words.open } = script.dataset;
/** Below this width or height, in CSS pixels, the frame fills the window. */
const SMALL = "(max-width: 560px), (max-height: 560px)";
const ON_TOP = "2147483000";
const SVG = "http://www.w3.org/2000/svg";

function dress(element: HTMLElement | SVGElement, style: Style): void {
  Object.assign(element.style, style);
}

function drawing(): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M5 4h14a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-6l-5 4v-4H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zM8 11h.01M12 11h.01M16 11h.01");
  svg.append(path);
  dress(svg, {
    width: "32px", height: "32px", fill: "none", stroke: "#fff", strokeWidth: "2",
    strokeLinecap: "round", strokeLinejoin: "round", pointerEvents: "none",
  });
  return svg;
}

function start(): void {
  const edge = side === "left" ? "left" : "right";
  const button = document.createElement("button");
  button.type = "button";
  button.id = "yibao-chat-button";
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-expanded", "false");
  button.title = label;
  dress(button, {
    position: "fixed", bottom: "20px", [edge]: "20px", zIndex: ON_TOP, width: "64px",
    height: "64px", padding: "0", border: "2px solid #fff", borderRadius: "50%", background: colour,
    boxShadow: "0 4px 16px rgba(0, 0, 0, .3)", cursor: "pointer", display: "flex",
    alignItems: "center", justifyContent: "center",
  });
  button.append(drawing());

  const small = matchMedia(SMALL);
  let frame: HTMLIFrameElement | null = null;
  let isOpen = false;
  let isLarge = false;

  const place = (): void => {
    if (!frame) return;
    const full = small.matches;
    dress(frame, {
      display: isOpen ? "block" : "none", position: "fixed", zIndex: ON_TOP, border: "0",
      colorScheme: "normal", background: "transparent", maxWidth: "100%", maxHeight: "100%",
      left: "auto", right: "auto",
    });
    dress(frame, full
      ? { left: "0", bottom: "0", width: "100%", height: "100%", borderRadius: "0", boxShadow: "none" }
      : {
          [edge]: "20px", bottom: "96px", width: isLarge ? "560px" : "420px",
          height: `min(${isLarge ? 820 : 680}px, calc(100% - 116px))`, borderRadius: "16px",
          boxShadow: "0 8px 40px rgba(0, 0, 0, .28)",
        });
    // Full screen has its own close button, and this one would lie on the send button.
    button.style.display = isOpen && full ? "none" : "flex";
  };

  const toggle = (open: boolean): void => {
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.title = words.frame;
      frame.id = "yibao-chat-frame";
      frame.src = address.href.replace(/\/widget\.js.*$/, "") + "?embedded=1";
      frame.setAttribute("allow", "clipboard-write; web-share");
      document.body.append(frame);
    }
    isOpen = open;
    place();
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", open ? words.close : label);
    if (open) frame?.focus();
    else button.focus();
  };

  button.addEventListener("click", () => toggle(!isOpen));
  small.addEventListener?.("change", place);
  addEventListener("message", (event: MessageEvent) => {
    // Only our own frame, and only while it shows a page of our own host.
    if (!frame || event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const type: unknown = event.data?.type;
    if (type === MESSAGES.close) toggle(false);
    if (type === MESSAGES.large || type === MESSAGES.usual) {
      isLarge = type === MESSAGES.large;
      place();
    }
  });
  document.body.append(button);
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
