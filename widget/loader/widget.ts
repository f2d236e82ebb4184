/**
 * `<script src="https://HOST/chat/widget.js" defer></script>` puts a round button on any site;
 * it opens the chat page in a frame. Attributes of the tag: `data-colour`, `data-side="left"`,
 * `data-label` (the button's name), `data-words` (words beside the button).
 *
 * Everything lies in a shadow root beside the body: the site's rules do not reach it, and a site
 * that replaces its body keeps it.
 */

import { card, loader as words } from "../src/words.json";
import { bubble, dress, make } from "./drawing";
import { MESSAGES } from "./messages";

const script = document.currentScript as HTMLScriptElement;
const address = new URL(script.src, location.href);
const { colour = "#0b6e63", side, label = words.open, words: beside = "" } = script.dataset;
const edge = side === "left" ? "left" : "right";
const TAG = "yibao-chat";
/** Below this width or height, in CSS pixels, the window fills the screen. */
const SMALL = "(max-width: 560px), (max-height: 560px)";
const ON_TOP = "2147483000";
const FONT = "17px/1.5 system-ui, -apple-system, 'PingFang SC', 'Microsoft YaHei', sans-serif";
/** Milliseconds after which a page that has not come up is given up. */
const LATE = 8000;
const KEY = "yibao.open";

function start(): void {
  // The script may be on a page twice.
  if (document.querySelector(TAG)) return;
  const host = document.createElement(TAG);
  // Inline and important, it wins against the important rules of the site.
  dress(host, { all: "initial", display: "block", position: "static" }, "important");
  const root = host.attachShadow({ mode: "open" });

  const button = make("button", {
    position: "fixed", bottom: "20px", [edge]: "20px", "z-index": ON_TOP, "min-width": "64px",
    height: "64px", padding: beside ? "0 20px 0 16px" : "0", border: "2px solid #fff",
    "border-radius": "32px", background: colour, color: "#fff", font: `600 ${FONT}`, cursor: "pointer",
    "box-shadow": "0 4px 16px rgba(0, 0, 0, .3)", "align-items": "center", "justify-content": "center",
  });
  button.type = "button";
  button.id = "yibao-chat-button";
  button.title = label;
  button.append(bubble());
  if (beside) button.append(make("span", { "margin-left": "8px", "white-space": "nowrap" }, beside));

  const panel = make("div", {
    position: "fixed", "z-index": ON_TOP, "max-width": "100%", "max-height": "100%", overflow: "hidden",
    "flex-direction": "column", background: "#f5f2ec", color: "#1e2629", font: FONT,
  });
  panel.id = "yibao-chat-panel";
  const { bar, late } = notReady(() => toggle(false), () => load());
  panel.append(bar);
  root.append(button, panel);

  const small = matchMedia(SMALL);
  let frame: HTMLIFrameElement | null = null;
  let timer = 0;
  let isOpen = false;
  let isLarge = false;
  let overflow = "";

  const place = (): void => {
    const full = small.matches;
    dress(panel, { display: isOpen ? "flex" : "none", left: "auto", right: "auto" });
    dress(panel, full
      ? { left: "0", bottom: "0", width: "100%", height: "100%", "border-radius": "0", "box-shadow": "none" }
      : {
          [edge]: "20px", bottom: "96px", width: isLarge ? "560px" : "420px",
          height: `min(${isLarge ? 820 : 680}px, calc(100% - 116px))`, "border-radius": "16px",
          "box-shadow": "0 8px 40px rgba(0, 0, 0, .28)",
        });
    // Full screen has its own close button, and this one would lie on the send button.
    dress(button, { display: isOpen && full ? "none" : "flex" });
    holdStill(isOpen && full);
  };

  /** Keep the site behind a full screen from scrolling. */
  const holdStill = (still: boolean): void => {
    const page = document.documentElement;
    if (still && !host.dataset.still) {
      overflow = page.style.overflow;
      host.dataset.still = "1";
      page.style.setProperty("overflow", "hidden", "important");
    } else if (!still && host.dataset.still) {
      delete host.dataset.still;
      page.style.overflow = overflow;
    }
  };

  const load = (): void => {
    frame?.remove();
    frame = make("iframe", { flex: "1", width: "100%", "min-height": "0", border: "0", "color-scheme": "normal" });
    frame.title = words.frame;
    frame.id = "yibao-chat-frame";
    frame.src = address.href.replace(/\/widget\.js.*$/, "") + "?embedded=1";
    frame.setAttribute("allow", "clipboard-write; web-share; microphone");
    dress(bar, { display: "flex" });
    dress(late, { display: "none" });
    clearTimeout(timer);
    timer = window.setTimeout(() => dress(late, { display: "block" }), LATE);
    panel.append(frame);
  };

  const toggle = (open: boolean, byBack = false): void => {
    if (open === isOpen) return;
    if (open && !frame) load();
    isOpen = open;
    place();
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", open ? words.close : label);
    remember(open);
    if (open) frame?.focus();
    else button.focus();
    // On a phone, Back is how one leaves what fills the screen.
    if (open && small.matches) history.pushState({ ...history.state, [KEY]: true }, "");
    else if (!open && !byBack && history.state?.[KEY]) history.back();
  };

  button.addEventListener("click", () => toggle(!isOpen));
  small.addEventListener?.("change", place);
  addEventListener("popstate", () => {
    if (isOpen && !history.state?.[KEY]) toggle(false, true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen) toggle(false);
  });
  addEventListener("message", (event: MessageEvent) => {
    // Only our own frame, and only while it shows a page of our own host.
    if (!frame || event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const type: unknown = event.data?.type;
    if (type === MESSAGES.ready) {
      clearTimeout(timer);
      dress(bar, { display: "none" });
    }
    if (type === MESSAGES.close) toggle(false);
    if (type === MESSAGES.large || type === MESSAGES.usual) {
      isLarge = type === MESSAGES.large;
      place();
    }
  });
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-expanded", "false");
  place();
  document.documentElement.append(host);
  new MutationObserver(() => {
    if (!host.isConnected) document.documentElement.append(host);
  }).observe(document.documentElement, { childList: true });
  if (wasOpen() && !small.matches) toggle(true);
}

/** What is shown above the frame until the page in it says that it is there. */
function notReady(close: () => void, again: () => void): { bar: HTMLElement; late: HTMLElement } {
  const tall = { "min-height": "48px", padding: "0 16px", "border-radius": "24px", font: FONT, cursor: "pointer" };
  const plain = { ...tall, border: "1.5px solid #545d61", background: "#fff", color: "#1e2629" };
  const bar = make("div", { "flex-wrap": "wrap", "align-items": "center", "justify-content": "space-between", padding: "8px 12px" });
  bar.id = "yibao-chat-waiting";
  const closing = make("button", plain, words.shut);
  closing.addEventListener("click", close);
  const late = make("div", { width: "100%", display: "none" });
  late.setAttribute("role", "status");
  const call = make("a", { ...plain, display: "inline-flex", "align-items": "center", "margin-right": "8px", "text-decoration": "none" },
    words.call.replace("{number}", card.hotline));
  call.href = `tel:${card.hotline}`;
  const reload = make("button", plain, words.again);
  reload.addEventListener("click", again);
  late.append(make("p", { margin: "8px 0" }, words.late), call, reload);
  bar.append(make("span", {}, words.opening), closing, late);
  return { bar, late };
}

function remember(open: boolean): void {
  try {
    if (open) sessionStorage.setItem(KEY, "1");
    else sessionStorage.removeItem(KEY);
  } catch {
    // Then the next page begins with it closed.
  }
}

function wasOpen(): boolean {
  try {
    return sessionStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
