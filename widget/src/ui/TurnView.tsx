import { Bubble } from "@chatui/core/es/components/Bubble";
import { Button } from "@chatui/core/es/components/Button";
import { memo } from "react";
import { AnswerCard } from "../cards/AnswerCard";
import { Calls } from "../cards/Calls";
import { Tools } from "../cards/Tools";
import type { Conversation, Vote } from "../conversation";
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

function Answered({ turn, question, title, vote, choices, conversation, onAsk }: Props) {
  const answers = turn.payload?.answers ?? [];
  const plain = answers.length === 0;
  const status = turn.payload?.status ?? "";
  const hasText = status === "answered";
  const isAsking = status === "asked" || status === "unsure";
  const next = choices.length > 0 && <Choices choices={choices} onAsk={onAsk} />;
  return (
    <article className="Message left" data-turn={turn.id} tabIndex={-1}>
      <h2 className="hidden">{words.log.bot}</h2>
      {turn.note && (
        <Bubble className="Bubble note">
          <p>{turn.note}</p>
        </Bubble>
      )}
      {plain ? (
        <Bubble type="text">
          <p>{turn.text}</p>
        </Bubble>
      ) : (
        answers.map((answer, place) => (
          <AnswerCard
            key={place}
            answer={answer}
            number={answers.length > 1 ? place + 1 : 0}
            text={hasText && place === answers.length - 1 ? turn.text : undefined}
          />
        ))
      )}
      {isAsking && next}
      <Calls turn={turn} />
      <Tools
        turn={turn}
        question={question}
        title={title}
        vote={vote}
        onVote={conversation.vote}
      />
      {!isAsking && next}
    </article>
  );
}

function Choices({ choices, onAsk }: { choices: string[]; onAsk: (text: string) => void }) {
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
