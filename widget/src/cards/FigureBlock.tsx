import { every, spokenDate, whose } from "../plain";
import type { Answer, Figure } from "../types";
import words, { fill } from "../words";

/** The one figure, large; above it whom it is for, below it since when. */
export function FigureBlock({ answer, figure }: { answer: Answer; figure: Figure }) {
  return (
    <div className="figure">
      <p className="figure-whose">{whose(figure.label || answer.lead, figure)}</p>
      <p className="figure-amount">
        {figure.unit !== "%" && figure.period && <span>{every(figure.period)} </span>}
        <strong>{figure.amount}</strong>
        <span> {figure.unit}</span>
      </p>
      {figure.since && (
        <p className="figure-since">
          {fill(words.card.since, { date: spokenDate(figure.since) })}
        </p>
      )}
    </div>
  );
}
