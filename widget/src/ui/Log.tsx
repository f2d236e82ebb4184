import { Button } from "@chatui/core/es/components/Button";
import { Time } from "@chatui/core/es/components/Time";
import { Typing } from "@chatui/core/es/components/Typing";
import { Fragment, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import type { Conversation, State } from "../conversation";
import words from "../words";
import { Icon } from "./icons";
import { TurnView } from "./TurnView";

/** Milliseconds of silence after which the time is shown. */
const GAP = 5 * 60_000;
/** Milliseconds after which a slow answer is spoken of. */
const SLOW = 6000;
/** Pixels left above a message that is scrolled to. */
const MARGIN = 12;
/** At most so much of the room goes to the question above an answer. */
const QUESTION_SHARE = 0.22;
/** Where text is this large for the room, the question gives way altogether. */
const FEW_LINES = 16;
const NONE: string[] = [];

interface Props {
  state: State;
  title: string;
  conversation: Conversation;
  welcome: ReactNode;
  onAsk: (text: string) => void;
  onEdit: (text: string) => void;
}

export function Log({ state, title, conversation, welcome, onAsk, onEdit }: Props) {
  const { turns, busy, older } = state;
  const ref = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const last = turns[turns.length - 1];
  useScrolling(ref, state);

  let question = "";
  let before = 0;
  return (
    <div className="MessageContainer">
      <div
        className="MessageList"
        ref={ref}
        role="log"
        aria-live="off"
        aria-label={words.log.label}
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, clientHeight } = event.currentTarget;
          const question = lastQuestion(event.currentTarget);
          setAway(Boolean(question && question.offsetTop > scrollTop + clientHeight));
        }}
      >
        {older === "none" ? (
          welcome
        ) : (
          <p className="older">
            <Button disabled={older === "loading"} onClick={() => void conversation.loadOlder()}>
              {older === "failed" ? words.log.olderFailed : words.log.older}
            </Button>
          </p>
        )}
        {turns.map((turn) => {
          if (turn.from === "user") question = turn.text;
          const gap = turn.time - before > GAP;
          before = turn.time;
          return (
            <Fragment key={turn.id}>
              {gap && (
                <p className="moment">
                  <Time date={turn.time} />
                </p>
              )}
              <TurnView
                turn={turn}
                question={turn.from === "bot" ? question : ""}
                title={title}
                vote={state.votes[turn.id]}
                pause={turn.delivery === "waiting" ? state.pause : 0}
                choices={turn === last ? turn.buttons : NONE}
                isLast={turn === last && turn.from === "bot" && !busy}
                conversation={conversation}
                onAsk={onAsk}
                onEdit={onEdit}
              />
            </Fragment>
          );
        })}
        {busy && <Thinking />}
      </div>
      {away && (
        <Button
          className="latest"
          onClick={() => {
            const question = ref.current && lastQuestion(ref.current);
            if (ref.current && question) scroll(ref.current, topFor(ref.current, question), true);
          }}
        >
          <Icon name="latest" />
          {words.log.latest}
        </Button>
      )}
    </div>
  );
}

function Thinking() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="Message left typing">
      <Typing text={slow ? words.log.typingLong : words.log.typing} />
    </div>
  );
}

/**
 * Keep in view what a reader wants to see: of a long answer its beginning with the question
 * above it, not its end; and what was being read while older turns are put above it.
 */
function useScrolling(ref: React.RefObject<HTMLDivElement>, state: State): void {
  const { turns, busy, connection, notice } = state;
  const height = useRef(0);
  const seen = useRef({ first: "", last: "" });
  const ending = turns[turns.length - 1];
  // A message of one's own stays in view while what is said below it or above the log changes.
  const around = ending?.from === "user" ? [ending.delivery, connection] : [];
  const last = ending ? [ending.id, busy, ...around].join() : "";
  useLayoutEffect(() => {
    const log = ref.current;
    if (!log) return;
    const first = turns[0]?.id ?? "";
    const grewAbove = seen.current.first && first !== seen.current.first && last === seen.current.last;
    if (grewAbove) {
      log.scrollTop += log.scrollHeight - height.current;
    } else if (last !== seen.current.last) {
      const asked = [...turns].reverse().find((turn) => turn.from === "user");
      const place = asked && log.querySelector<HTMLElement>(`[data-turn="${CSS.escape(asked.id)}"]`);
      const initial = !seen.current.last;
      if (place) scroll(log, topFor(log, place), initial);
    }
    height.current = log.scrollHeight;
    seen.current = { first, last };
  }, [ref, turns, last, notice]);
}

/** The message of the person's that was said last. */
function lastQuestion(log: HTMLElement): HTMLElement | undefined {
  const questions = log.querySelectorAll<HTMLElement>(".Message.right");
  return questions[questions.length - 1];
}

/** Where to scroll to for a question: a long one leaves most of the room to its answer. */
function topFor(log: HTMLElement, question: HTMLElement): number {
  const answer = question.nextElementSibling;
  const top = question.offsetTop - MARGIN;
  if (!(answer instanceof HTMLElement)) return top;
  const lines = log.clientHeight / parseFloat(getComputedStyle(log).fontSize);
  const share = lines < FEW_LINES ? MARGIN : log.clientHeight * QUESTION_SHARE;
  return Math.max(top, answer.offsetTop - share);
}

function scroll(log: HTMLElement, top: number, atOnce: boolean): void {
  const calm = atOnce || matchMedia("(prefers-reduced-motion: reduce)").matches;
  log.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
}
