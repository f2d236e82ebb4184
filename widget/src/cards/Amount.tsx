import { every } from "../plain";
import type { Band, Figure } from "../types";
import words from "../words";

/** 每月 110 元; a line may break after 每月, never between the number and its unit. */
export function Amount({ row }: { row: Band | Figure }) {
  if (!row.amount) return <span>{words.card.noAmount}</span>;
  if (row.unit === "%") return <span className="number">{row.amount}%</span>;
  return (
    <>
      {row.period && <span className="every">{every(row.period)} </span>}
      <span className="amount">
        <span className="number">{row.amount}</span>
        <span className="unit"> {row.unit}</span>
      </span>
    </>
  );
}
