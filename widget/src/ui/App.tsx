import { ConfigProvider } from "@chatui/core/es/components/ConfigProvider";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { applyColour } from "../colour";
import { type Conversation, DEFAULTS, type State } from "../conversation";
import { host } from "../host";
import { usePlace } from "../place";
import { linkedQuestion, usePrinting } from "../handover";
import { speechText } from "../plain";
import { speak } from "../speech";
import { load, save } from "../storage";
import { useView } from "../view";
import words from "../words";
import { Composer } from "./Composer";
import { Connection } from "./Connection";
import { Header } from "./Header";
import { Log } from "./Log";
import { Menu } from "./Menu";
import { Welcome } from "./Welcome";

const LOCALES = { Time: words.time };

export function App({ conversation }: { conversation: Conversation }) {
  const state = useSyncExternalStore(conversation.subscribe, conversation.snapshot);
  const config = state.config ?? DEFAULTS;
  const [view, setView] = useView();
  const [menuOpen, setMenuOpen] = useState(false);
  const [text, setText, linked] = useDraft();
  const inputRef = useRef<HTMLTextAreaElement>(null);
  const app = useRef<HTMLDivElement>(null);

  useEffect(() => {
    applyColour(state.config?.colour);
    document.title = config.title;
  }, [state.config, config.title]);
  useEffect(() => host.resize(view.elder), [view.elder]);
  useEffect(host.ready, []);
  usePlace(app, `${view.elder} ${view.size}`);
  usePrinting();
  useAutoSpeak(state, view.autoSpeak);
  useEscape(menuOpen, () => setMenuOpen(false));

  const ask = useCallback(
    (said: string) => {
      conversation.send(said);
      // The tapped button goes away; the keyboard must not pop up over the answer.
      requestAnimationFrame(() => {
        const mine = app.current?.querySelectorAll<HTMLElement>(".Message.right");
        mine?.[mine.length - 1]?.focus({ preventScroll: true });
      });
    },
    [conversation],
  );
  const edit = useCallback(
    (said: string) => {
      setText(said);
      inputRef.current?.focus();
    },
    [setText],
  );
  const sendTyped = (): void => {
    conversation.send(text.trim());
    setText("");
    if (matchMedia("(pointer: coarse)").matches) inputRef.current?.blur();
    else inputRef.current?.focus();
  };

  const waiting = !state.config && state.connection === "starting";
  return (
    <ConfigProvider locale="zh-CN" locales={LOCALES} elderMode={view.elder}>
      <div className="ChatApp" ref={app}>
        <Header
          config={config}
          elder={view.elder}
          menuOpen={menuOpen}
          onElder={() => setView({ elder: !view.elder })}
          onMenu={() => setMenuOpen(!menuOpen)}
          onClose={host.embedded ? host.close : undefined}
        />
        {menuOpen && (
          <Menu
            view={view}
            config={config}
            conversation={conversation}
            onView={setView}
            onAsk={(said) => {
              setMenuOpen(false);
              ask(said);
            }}
            onErase={async () => {
              await conversation.erase();
              setText("");
              setMenuOpen(false);
            }}
          />
        )}
        <main className="main">
          <Connection state={state} onRetry={() => conversation.retry()} />
          <Log
            state={state}
            title={config.title}
            conversation={conversation}
            welcome={<Welcome config={config} waiting={waiting} onAsk={ask} />}
            onAsk={ask}
            onEdit={edit}
          />
          <Composer
            text={text}
            limit={config.limits.message}
            linked={linked}
            voice={config.voice !== false}
            inputRef={inputRef}
            onChange={setText}
            onSend={sendTyped}
            onAsk={(said) => {
              setText("");
              ask(said);
            }}
          />
        </main>
        <Announcer state={state} />
      </div>
    </ConfigProvider>
  );
}

/** What a screen reader is told: that an answer is on its way, the answer, the connection. */
function Announcer({ state }: { state: State }) {
  const { arrived, busy, connection, notice, outage } = state;
  let said = "";
  if (connection === "lost") said = outage || words.connection.lost;
  else if (busy) said = words.log.typing;
  else if (notice === "back" && !arrived) said = words.connection.back;
  else if (notice === "expired") said = words.connection.expired;
  else if (notice === "erased") said = words.menu.erased;
  else if (arrived) said = arrivedTurns(state).map(speechText).join("\n");
  return (
    <div className="hidden" role="status" aria-live="polite" data-announcer>
      {said}
    </div>
  );
}

const arrivedTurns = ({ arrived, turns }: State) =>
  turns.filter((turn) => arrived?.replies.includes(turn.id));

function useAutoSpeak(state: State, wanted: boolean): void {
  const { arrived } = state;
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => {
    const [id] = arrived?.replies ?? [];
    if (wanted && id) speak(id, arrivedTurns(latest.current).map(speechText).join("\n"));
  }, [arrived, wanted]);
}

/** Escape closes the menu, else the window on somebody else's page. */
function useEscape(menuOpen: boolean, closeMenu: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing) return;
      if (menuOpen) {
        closeMenu();
        document.querySelector<HTMLElement>('[aria-controls="menu"]')?.focus();
      } else if (host.embedded) {
        host.close();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

/** What is being typed; a reload does not lose it. A link may bring a question: `/chat?q=…`. */
function useDraft(): [string, (text: string) => void, string] {
  const [linked] = useState(linkedQuestion);
  const [text, setText] = useState(() => linked || load<string>("draft", ""));
  const change = useCallback((next: string) => {
    setText(next);
    save("draft", next);
  }, []);
  return [text, change, linked];
}
