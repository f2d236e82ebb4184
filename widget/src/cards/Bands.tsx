import { personOf, sharedLabel, tied } from "../plain";
import type { Answer, Band } from "../types";
import words, { fill } from "../words";
import { Amount } from "./Amount";

/** Amounts by age or kind of person; the person's own row says so in words, not by colour only. */
export function Bands({ bands, answer }: { bands: Band[]; answer: Answer }) {
  const shared = sharedLabel(bands);
  const mine = fill(words.card.mine, { person: personOf(answer) || words.card.you });
  return (
    <table className="bands">
      <caption className="hidden">{words.card.bands}</caption>
      <thead className="hidden">
        <tr>
          <th scope="col">{words.card.who}</th>
          <th scope="col">{words.card.amount}</th>
        </tr>
      </thead>
      <tbody>
        {bands.map((band, place) => (
          <tr key={place} data-mine={band.mine || undefined}>
            <th scope="row">
              {tied(shared ? band.label.slice(shared.length + 1, -1) : band.label)}
              {band.mine && <span className="mine">{mine}</span>}
            </th>
            <td>
              <strong>
                <Amount row={band} />
              </strong>
              {band.note && <span className="soft">{tied(band.note)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
