import { spokenDate } from "../plain";
import type { Source } from "../types";
import words from "../words";
import { Official } from "./Official";

/** So many sources stand open; the rest is one tap away. */
const OPEN = 2;

/** Where an answer comes from. */
export function Sources({ sources }: { sources: Source[] }) {
  const isClaim = ({ kind }: Source): boolean => kind === words.card.claimKind;
  const good = sources.filter((source) => !isClaim(source));
  const rest = [...good.slice(OPEN), ...sources.filter(isClaim)];
  return (
    <div className="sources">
      <h3>{words.card.sources}</h3>
      <List sources={good.slice(0, OPEN)} />
      {rest.length > 0 && (
        <details className="fold">
          <summary>
            {words.card.moreSources}
            <span className="soft">{rest.length}</span>
          </summary>
          <List sources={rest} />
        </details>
      )}
      <p className="soft">{words.card.office}</p>
    </div>
  );
}

function List({ sources }: { sources: Source[] }) {
  return (
    <ul>
      {sources.map((source, place) => (
        <li key={place}>
          <p>
            <strong>{source.publisher}</strong> <span className="tag">{source.kind}</span>{" "}
            {source.date ? spokenDate(source.date) : words.card.undated}
          </p>
          {source.document && <p className="soft">{source.document}</p>}
          {source.url && <Official url={source.url} />}
        </li>
      ))}
    </ul>
  );
}
