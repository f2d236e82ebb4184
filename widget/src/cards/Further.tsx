import { sharedLabel } from "../plain";
import type { Answer } from "../types";
import words from "../words";
import { Bands } from "./Bands";
import { Sources } from "./Sources";
import { Text } from "./Text";

/** So many bands are read at a glance; more are folded. */
const FEW_BANDS = 4;

/** What can be read after an answer: other cases, where it comes from, what articles claim. */
export function Further({ answer, number }: { answer: Answer; number: number }) {
  const bands = newBands(answer);
  const { more, claims, sources, title } = answer;
  if (!bands.length && !more.length && !claims.length && !sources.length) return null;
  return (
    <div className="further" role="group" aria-label={number ? `${number} ${title}` : words.card.further}>
      {number > 0 && <h3>{`${number} ${title}`}</h3>}
      {sources.length > 0 && <Sources sources={sources} />}
      {bands.length > 0 && (
        <details className="fold" open={bands.length <= FEW_BANDS}>
          <summary>
            {words.card.bands}
            {sharedLabel(bands) && <span className="of">{sharedLabel(bands)}</span>}
          </summary>
          <Bands bands={bands} answer={answer} />
        </details>
      )}
      {more.length > 0 && (
        <details className="fold">
          <summary>{words.card.more}</summary>
          {more.map((text) => (
            <p key={text}>
              <Text>{text}</Text>
            </p>
          ))}
        </details>
      )}
      {claims.length > 0 && (
        <details className="fold claim">
          <summary>{words.card.claim}</summary>
          {claims.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </details>
      )}
    </div>
  );
}

/** Bands, unless the answer's first sentence has named all their amounts already. */
function newBands({ bands, lead, figure }: Answer): Answer["bands"] {
  const isSaid = !figure && bands.every((band) => band.amount && lead.includes(` ${band.amount} `));
  return isSaid || bands.length === 1 ? [] : bands;
}
