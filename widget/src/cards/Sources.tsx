import { spokenDate } from "../plain";
import type { Source } from "../types";
import words from "../words";

/** Where an answer comes from, one tap away. */
export function Sources({ sources }: { sources: Source[] }) {
  return (
    <details className="fold sources">
      <summary>
        {words.card.sources}
        <span className="soft">{sources.length}</span>
      </summary>
      <ul>
        {sources.map((source, place) => (
          <li key={place}>
            <strong>{source.publisher}</strong>
            <span className="tag">{source.kind}</span>
            <span>{source.date ? spokenDate(source.date) : words.card.undated}</span>
            {source.document && <span>{source.document}</span>}
            {source.url && (
              <a className="plain-link" href={source.url} target="_blank" rel="noopener noreferrer">
                {words.card.link}
                <span className="hidden">{words.card.newWindow}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
      <p className="soft">{words.card.office}</p>
    </details>
  );
}
