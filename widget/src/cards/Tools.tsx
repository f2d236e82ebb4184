import { Button } from "@chatui/core/es/components/Button";
import { useEffect, useState } from "react";
import type { Vote } from "../conversation";
import { shareText, speechText } from "../plain";
import { canSpeak, speak, stop, useSpeaking } from "../speech";
import type { Turn } from "../types";
import { Icon, type IconName } from "../ui/icons";
import words from "../words";
import { QuestionLink } from "./Link";
import { Reason } from "./Reason";

/** Milliseconds for which "copied" is shown. */
const SHOWN = 3000;

interface Props {
  turn: Turn;
  question: string;
  title: string;
  vote?: Vote;
  onVote: (reply: string, value: Vote, reason?: string) => Promise<void>;
}

/** What can be done with an answer: judge it, hear it, take it along. */
export function Tools({ turn, question, title, vote, onVote }: Props) {
  const [said, setSaid] = useState("");
  const [asking, setAsking] = useState(false);
  const [byHand, setByHand] = useState("");
  const [linking, setLinking] = useState(false);
  const speaking = useSpeaking() === turn.id;
  const status = turn.payload?.status ?? "answered";
  const isAnswer = status !== "asked" && status !== "unsure";
  const text = (): string => shareText(turn, question, title);

  useEffect(() => {
    const timer = said ? setTimeout(() => setSaid(""), SHOWN) : undefined;
    return () => clearTimeout(timer);
  }, [said]);

  const judge = async (value: Vote, reason?: string): Promise<void> => {
    try {
      await onVote(turn.id, value, reason);
      setAsking(value === "down" && reason === undefined);
      setSaid(value === "up" || reason === undefined ? words.tools.thanks : words.tools.thanksDown);
    } catch {
      setSaid(words.tools.voteFailed);
    }
  };
  const take = async (what: string): Promise<void> => {
    const done = await copy(what);
    setByHand(done ? "" : what);
    if (done) setSaid(words.tools.copied);
  };
  const share = async (): Promise<void> => {
    // Closing the share sheet counts as a failure; nothing need be said.
    await navigator.share({ title, text: text() }).catch(() => undefined);
  };

  return (
    <div className="tools-box">
      <div className="tools" role="group" aria-label={words.tools.label}>
        {canSpeak() && (
          <Tool
            icon={speaking ? "stop" : "speak"}
            text={speaking ? words.tools.stop : words.tools.speak}
            onClick={() => (speaking ? stop() : speak(turn.id, speechText(turn)))}
          />
        )}
        {isAnswer && (
          <>
            <Tool
              icon="up"
              text={words.tools.up}
              pressed={vote === "up"}
              onClick={() => void judge("up")}
            />
            <Tool
              icon="down"
              text={words.tools.down}
              pressed={vote === "down"}
              onClick={() => void judge("down")}
            />
          </>
        )}
        {status === "answered" && (
          <>
            <Tool icon="copy" text={words.tools.copy} onClick={() => void take(text())} />
            {"share" in navigator && (
              <Tool icon="share" text={words.tools.share} onClick={() => void share()} />
            )}
            {question && (
              <Tool
                icon="qr"
                text={words.tools.link}
                expanded={linking}
                onClick={() => setLinking(!linking)}
              />
            )}
          </>
        )}
      </div>
      {linking && <QuestionLink question={question} onCopy={(url) => void take(url)} />}
      {asking && (
        <Reason
          onSend={(reason) => void judge("down", reason)}
          onSkip={() => {
            setAsking(false);
            setSaid("");
          }}
        />
      )}
      <p className="said" role="status">
        {byHand ? words.tools.byHand : said}
      </p>
      {byHand && <p className="plain-text">{byHand}</p>}
    </div>
  );
}

interface ToolProps {
  icon: IconName;
  text: string;
  pressed?: boolean;
  expanded?: boolean;
  onClick: () => void;
}

function Tool({ icon, text, pressed, expanded, onClick }: ToolProps) {
  return (
    <Button className="tool" aria-pressed={pressed} aria-expanded={expanded} onClick={onClick}>
      <Icon name={icon} />
      {text}
    </Button>
  );
}

/** Copy; without the clipboard API (plain HTTP, old browsers) through a hidden field. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden";
    field.setAttribute("aria-hidden", "true");
    const focused = document.activeElement as HTMLElement | null;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return done;
  }
}
