import { Button } from "@chatui/core/es/components/Button";
import { useState } from "react";
import type { Conversation } from "../conversation";
import { saveFile } from "../handover";
import { canSpeak } from "../speech";
import type { Config } from "../types";
import { SIZES, type View } from "../view";
import words, { fill } from "../words";

interface Props {
  view: View;
  config: Config;
  conversation: Conversation;
  onView: (change: Partial<View>) => void;
  /** Closes the menu and says something. */
  onAsk: (text: string) => void;
  onErase: () => Promise<void>;
}

export function Menu({ view, config, conversation, onView, onAsk, onErase }: Props) {
  const place = SIZES.indexOf(view.size);
  const resize = (step: number): void => {
    const next = SIZES[Math.max(0, Math.min(SIZES.length - 1, place + step))];
    if (next) onView({ elder: true, size: next });
  };
  return (
    <section className="menu" id="menu" aria-label={words.menu.label}>
      <div className="menu-row">
        {[words.menu.startOver, words.menu.otherPersonSay].map((said) => (
          <Button key={said} onClick={() => onAsk(said)}>
            {said}
          </Button>
        ))}
      </div>
      {view.elder && (
        <div className="menu-row" role="group" aria-label={words.menu.size}>
          <span className="menu-name">{words.menu.size}</span>
          <Button disabled={place <= 0} onClick={() => resize(-1)}>
            {words.menu.smaller}
          </Button>
          <Button disabled={place >= SIZES.length - 1} onClick={() => resize(1)}>
            {words.menu.larger}
          </Button>
          <span role="status">{fill(words.menu.sizeNow, { size: view.size })}</span>
        </div>
      )}
      {canSpeak() && (
        <label className="menu-row check">
          <input
            type="checkbox"
            checked={view.autoSpeak}
            onChange={(event) => onView({ autoSpeak: event.target.checked })}
          />
          <span>{words.menu.autoSpeak}</span>
        </label>
      )}
      <div className="menu-row">
        <Button
          onClick={async () => {
            await conversation.loadAll();
            // One frame, so that what came is on the page.
            requestAnimationFrame(() => print());
          }}
        >
          {words.menu.print}
        </Button>
        <Button
          onClick={async () => {
            await conversation.loadAll();
            saveFile(conversation.snapshot().turns, config.title);
          }}
        >
          {words.menu.save}
        </Button>
      </div>
      <Erase onErase={onErase} />
      <h2>{words.menu.about}</h2>
      <p>{config.disclaimer}</p>
      <p>
        <a className="plain-link" href={LICENCES} target="_blank" rel="noopener">
          {words.menu.licences}
          <span className="hidden">{words.card.newWindow}</span>
        </a>
      </p>
    </section>
  );
}

const LICENCES = import.meta.url.replace(/[^/]*$/, "licences.txt");

const focus = (element: HTMLElement | null): void => element?.focus();

/** Deleting takes two taps: the second one after a plain question. */
function Erase({ onErase }: { onErase: () => Promise<void> }) {
  const [step, setStep] = useState<"" | "asked" | "busy" | "failed">("");
  const erase = async (): Promise<void> => {
    setStep("busy");
    try {
      await onErase();
      setStep("");
    } catch {
      setStep("failed");
    }
  };
  if (step === "" || step === "failed") {
    return (
      <div className="menu-row">
        <Button onClick={() => setStep("asked")}>{words.menu.erase}</Button>
        {step === "failed" && <p role="alert">{words.menu.eraseFailed}</p>}
      </div>
    );
  }
  return (
    <div className="menu-row question" role="group" aria-label={words.menu.erase}>
      <p id="erase-question">{words.menu.eraseAsk}</p>
      <Button ref={focus} aria-describedby="erase-question" onClick={() => setStep("")}>
        {words.menu.eraseNo}
      </Button>
      <Button className="danger" disabled={step === "busy"} onClick={() => void erase()}>
        {words.menu.eraseYes}
      </Button>
    </div>
  );
}
