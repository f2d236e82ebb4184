import { Bubble } from "@chatui/core/es/components/Bubble";
import { Button } from "@chatui/core/es/components/Button";
import { memo } from "react";
import { AnswerCard } from "../cards/AnswerCard";
import { Calls } from "../cards/Calls";
import { Further } from "../cards/Further";
import { Tools } from "../cards/Tools";
import type { Conversation, Vote } from "../conversation";
import { hasMissed, phonesOf } from "../plain";
import type { Turn } from "../types";
import words, { fill } from "../words";

interface Props {
  turn: Turn;
  /** The message that a reply answers. */
  question: string;
  title: string;
  vote?: Vote;
  /** Seconds until an unsent message is sent again. */
  pause: number;
  /** Buttons to go on with; only the newest reply has any. */
  choices: string[];
  /** Whether it is the newest reply, which can be gone on from. */
  isLast: boolean;
  conversation: Conversation;
  onAsk: (text: string) => void;
  onEdit: (text: string) => void;
}

export const TurnView = memo(function TurnView(props: Props) {
  return props.turn.from === "user" ? <Said {...props} /> : <Answered {...props} />;
});

function Said({ turn, pause, conversation, onEdit }: Props) {
  return (
    <article className="Message right" data-turn={turn.id} tabIndex={-1}>
      <h2 className="hidden">{words.log.you}</h2>
      <Bubble type="text">
        <p>{turn.text}</p>
      </Bubble>
      {turn.delivery === "waiting" && (
        <p className="delivery">
          {pause && turn.problem
            ? `${turn.problem} ${fill(words.sending.slowDown, { seconds: Math.ceil(pause) })}`
            : words.sending.waiting}
        </p>
      )}
      {turn.delivery === "failed" && (
        <div className="delivery" data-failed>
          <p>{turn.problem || words.sending.failed}</p>
          <Button onClick={() => onEdit(conversation.drop(turn.id))}>{words.sending.edit}</Button>
          <Button onClick={() => conversation.retry(turn.id)}>{words.sending.again}</Button>
          <Button onClick={() => conversation.drop(turn.id)}>{words.sending.drop}</Button>
        </div>
      )}
    </article>
  );
}

function Answered({ turn, question, title, vote, choices, isLast, conversation, onAsk }: Props) {
  const answers = turn.payload?.answers ?? [];
  const calls = <Calls numbers={phonesOf(turn)} />;
  const last = answers.length - 1;
  return (
    <article className="Message left" data-turn={turn.id} tabIndex={-1}>
      <h2 className="hidden">{words.log.bot}</h2>
      {turn.note && (
        <Bubble className="Bubble note">
          <p>{turn.note}</p>
        </Bubble>
      )}
      {answers.length === 0 ? (
        <>
          <Bubble type="text">
            <p>{turn.text}</p>
          </Bubble>
          {calls}
        </>
      ) : (
        answers.map((answer, place) => (
          <AnswerCard
            key={place}
            answer={answer}
            number={last > 0 ? place + 1 : 0}
            calls={place === last && calls}
            onAsk={isLast ? onAsk : undefined}
          />
        ))
      )}
      {isLast && <Choices choices={offered(turn, choices)} onAsk={onAsk} />}
      {answers.map((answer, place) => (
        <Further key={place} answer={answer} number={last > 0 ? place + 1 : 0} />
      ))}
      <Tools
        turn={turn}
        question={question}
        title={title}
        vote={vote}
        onVote={conversation.vote}
      />
    </article>
  );
}

/**
 * What is offered under a reply: never what its own folds hold, and under one that may have
 * missed the point always a way to say so.
 */
function offered({ payload }: Turn, choices: string[]): string[] {
  const missed = hasMissed(payload);
  const hasFolds = payload?.answers.some((each) => each.more.length + each.bands.length + each.claims.length);
  const kept = payload?.status === "answered" || hasFolds ? choices.filter((e) => e !== words.card.more) : choices;
  return missed && !kept.includes(words.log.none) ? [...kept, words.log.none] : kept;
}

function Choices({ choices, onAsk }: { choices: string[]; onAsk: (text: string) => void }) {
  if (!choices.length) return null;
  return (
    <div className="choices" role="group" aria-label={words.log.choices}>
      {choices.map((choice) => (
        <Button key={choice} className="choice" onClick={() => onAsk(choice)}>
          {choice}
        </Button>
      ))}
    </div>
  );
}
