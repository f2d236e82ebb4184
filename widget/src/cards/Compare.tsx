import { tied } from "../plain";
import type { Band, Place } from "../types";
import words from "../words";
import { Amount } from "./Amount";

const FULL = 100;

/**
 * Places side by side, a row for each kind of person. Bars are drawn only where every row has
 * the same unit and period: a monthly bar beside a yearly one would tell a lie.
 */
export function Compare({ places }: { places: Place[] }) {
  const { alike, most } = measure(places);
  return (
    <ul className="compare" aria-label={words.card.compare}>
      {places.map((place) => (
        <li key={place.name}>
          <h3>{place.name}</h3>
          {place.rows.length === 0 && <p>{tied(place.text)}</p>}
          {place.rows.map((row, at) => (
            <div className="compare-row" key={at}>
              <p>
                <span className="compare-label">{tied(row.label)}</span>
                <span className="compare-amount">
                  <Amount row={row} />
                </span>
              </p>
              {alike && <Bar width={(Number(row.amount) / most) * FULL} />}
              {row.note && <p className="soft">{tied(row.note)}</p>}
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** Whether all rows may be measured with one rule, and the highest amount. */
function measure(places: Place[]): { alike: boolean; most: number } {
  const rows: Band[] = places.flatMap((place) => place.rows);
  const amounts = rows.map((row) => Number(row.amount));
  const most = Math.max(...amounts);
  const isWhole = places.every((place) => place.rows.length > 0);
  const alike = most > 0 && isWhole && amounts.every(Number.isFinite) && !periodsDiffer(places);
  return { alike, most };
}

/** Whether one amount is for a month and another for a year. */
export function periodsDiffer(places: Place[]): boolean {
  const rows = places.flatMap((place) => place.rows);
  return rows.some((row) => row.period !== rows[0]?.period || row.unit !== rows[0]?.unit);
}

/** A bar as wide as a share of the highest, in percent. */
function Bar({ width }: { width: number }) {
  return (
    <svg className="bar" viewBox={`0 0 ${FULL} 10`} preserveAspectRatio="none" aria-hidden="true">
      <rect className="bar-room" width={FULL} height="10" />
      <rect className="bar-fill" width={width} height="10" />
    </svg>
  );
}
