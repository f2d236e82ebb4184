import { spokenDate, tied, whose } from "../plain";
import type { Answer, Figure } from "../types";
import words, { fill } from "../words";
import { Amount } from "./Amount";

/** The one figure, large; above it whom it is for, below it since when. */
export function FigureBlock({ answer, figure }: { answer: Answer; figure: Figure }) {
  return (
    <div className="figure">
      <p className="figure-whose">{tied(whose(figure.label || answer.lead, figure))}</p>
      <p className="figure-amount">
        <Amount row={figure} />
      </p>
      {figure.since && (
        <p className="figure-since">
          {fill(words.card.since, { date: spokenDate(figure.since) })}
        </p>
      )}
    </div>
  );
}
