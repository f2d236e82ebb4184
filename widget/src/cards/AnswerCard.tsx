import { Card } from "@chatui/core/es/components/Card";
import { furtherParagraphs } from "../plain";
import type { Answer } from "../types";
import words, { fill } from "../words";
import { Bands } from "./Bands";
import { Compare } from "./Compare";
import { FigureBlock } from "./FigureBlock";
import { Sources } from "./Sources";

interface Props {
  answer: Answer;
  /** Its place among several answers; 0 if it is the only one. */
  number: number;
  /** The whole reply as text, below the last of its answers. */
  text?: string;
}

/** The answer to one question: the figure or sentence first, then what belongs to it. */
export function AnswerCard({ answer, number, text }: Props) {
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
        <p className="lead">{answer.lead}</p>
      )}
      {answer.assumed && (
        <p className="assumed">{fill(words.card.assumed, { text: answer.assumed })}</p>
      )}
      {answer.compare.length > 0 && <Compare rows={answer.compare} />}
      {furtherParagraphs(answer).map((text) => (
        <p key={text}>{text}</p>
      ))}
      {answer.steps.length > 0 && (
        <ol className="steps" aria-label={words.card.steps}>
          {answer.steps.map((text) => (
            <li key={text}>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
      {answer.caveats.length > 0 && (
        <div className="aside caveat">
          <h3>{words.card.caveat}</h3>
          {answer.caveats.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
      {answer.trust && <p className="soft">{answer.trust}</p>}
      {answer.claims.length > 0 && (
        <div className="aside claim">
          <h3>{words.card.claim}</h3>
          {answer.claims.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
      {answer.bands.length > 0 && (
        <details className="fold">
          <summary>{words.card.bands}</summary>
          <Bands bands={answer.bands} />
        </details>
      )}
      {answer.more.length > 0 && (
        <details className="fold">
          <summary>{words.card.more}</summary>
          {answer.more.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </details>
      )}
      {answer.sources.length > 0 && <Sources sources={answer.sources} />}
      {text && (
        <details className="fold">
          <summary>{words.card.text}</summary>
          <p className="plain-text">{text}</p>
        </details>
      )}
    </Card>
  );
}
