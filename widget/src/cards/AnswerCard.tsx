import { Card } from "@chatui/core/es/components/Card";
import type { ReactNode } from "react";
import { furtherParagraphs } from "../plain";
import type { Answer } from "../types";
import words from "../words";
import { Compare, periodsDiffer } from "./Compare";
import { FigureBlock } from "./FigureBlock";
import { Person } from "./Person";
import { Text } from "./Text";

interface Props {
  answer: Answer;
  /** Its place among several answers; 0 if it is the only one. */
  number: number;
  /** Numbers to call, beside the word on how far to trust it. */
  calls?: ReactNode;
  /** Says a sentence for the person; absent under answers that are past. */
  onAsk?: (text: string) => void;
}

/**
 * The answer to one question, in the order in which it is needed: the figure or the decision,
 * for whom, what to do, how far to trust it and whom to call; then what can wait.
 */
export function AnswerCard({ answer, number, calls, onAsk }: Props) {
  const unlike = periodsDiffer(answer.compare) ? [words.card.unlike] : [];
  const later = [...unlike, ...answer.notes];
  return (
    <Card className="answer">
      {number > 0 && answer.title && (
        <h3 className="answer-title">
          <span className="place">{number}</span>
          {answer.title}
        </h3>
      )}
      {answer.figure ? (
        <FigureBlock answer={answer} figure={answer.figure} />
      ) : (
        <p className="lead">
          <Text>{answer.lead}</Text>
        </p>
      )}
      <Person answer={answer} onAsk={onAsk} />
      {answer.compare.length > 0 && <Compare places={answer.compare} />}
      {furtherParagraphs(answer).map((text) => (
        <p key={text}>
          <Text>{text}</Text>
        </p>
      ))}
      {answer.causes.length > 0 && (
        <ul className="causes" aria-label={words.card.causes}>
          {answer.causes.map((text) => (
            <li key={text}>
              <Text>{text}</Text>
            </li>
          ))}
        </ul>
      )}
      {answer.steps.length > 0 && (
        <ol className="steps" aria-label={words.card.steps}>
          {answer.steps.map((text) => (
            <li key={text}>
              <span>
                <Text>{text}</Text>
              </span>
            </li>
          ))}
        </ol>
      )}
      {(answer.trust || calls) && (
        <div className="foot">
          {answer.trust && <Trust text={answer.trust} />}
          {calls}
        </div>
      )}
      {later.map((text) => (
        <p key={text}>
          <Text>{text}</Text>
        </p>
      ))}
      {answer.caveats.length > 0 && (
        <div className="aside caveat">
          {answer.caveats.map((text) => (
            <p key={text}>
              <strong>{words.card.caveat}</strong> <Text>{text}</Text>
            </p>
          ))}
        </div>
      )}
    </Card>
  );
}

/** Source and month; a line may break between them, not inside of a date. */
function Trust({ text }: { text: string }) {
  return (
    <p className="trust">
      {(text.match(/[^，]+，?/g) ?? []).map((part) => (
        <span key={part}>{part}</span>
      ))}
    </p>
  );
}
