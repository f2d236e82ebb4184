import { tied } from "../plain";
import type { Band } from "../types";
import words from "../words";
import { Amount } from "./Amount";

/** Amounts by age or kind of person; the person's own row says so in words, not by colour only. */
export function Bands({ bands }: { bands: Band[] }) {
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
              {band.mine && <span className="mine">{words.card.mine}</span>}
              {tied(band.label)}
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
