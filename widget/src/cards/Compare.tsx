import { tied } from "../plain";
import type { Band } from "../types";
import words from "../words";
import { Amount } from "./Amount";

const FULL = 100;

/**
 * Places side by side. Bars are drawn only where every row has the same unit and period: a
 * monthly bar beside a yearly one would tell a lie.
 */
export function Compare({ rows }: { rows: Band[] }) {
  const [first] = rows;
  const amounts = rows.map((row) => Number(row.amount));
  const most = Math.max(...amounts);
  const alike =
    most > 0 &&
    rows.every((row) => row.amount && row.unit === first?.unit && row.period === first?.period) &&
    amounts.every(Number.isFinite);
  return (
    <ul className="compare" aria-label={words.card.compare}>
      {rows.map((row, place) => (
        <li key={place}>
          {alike && <Bar height={(Number(row.amount) / most) * FULL} />}
          <p className="compare-amount">
            <Amount row={row} />
          </p>
          <p className="compare-label">{tied(row.label)}</p>
          {row.note && <p className="soft">{tied(row.note)}</p>}
        </li>
      ))}
    </ul>
  );
}

/** A bar as high as a share of the highest, in percent. */
function Bar({ height }: { height: number }) {
  return (
    <svg className="bar" viewBox={`0 0 10 ${FULL}`} preserveAspectRatio="none" aria-hidden="true">
      <rect className="bar-room" width="10" height={FULL} />
      <rect className="bar-fill" width="10" y={FULL - height} height={height} />
    </svg>
  );
}
