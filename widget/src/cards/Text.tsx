import { tied } from "../plain";

/** Official hosts and telephone numbers with an area code. */
const TAPPABLE = /((?:https?:\/\/)?(?:[a-z0-9-]+\.)+gov\.cn(?![\w-]|\.\w)(?:\/[\w./-]*)?|0\d{2,3}-\d{7,8})/i;

/** A sentence in which official addresses and numbers can be tapped. */
export function Text({ children }: { children: string }) {
  // Splitting by a group leaves what it matched at the odd places.
  const parts = children.split(TAPPABLE);
  return (
    <>
      {parts.map((part, place) => {
        if (place % 2 === 0) return tied(part);
        if (/^0\d/.test(part)) return <a key={place} className="in-text" href={`tel:${part}`}>{part}</a>;
        const address = part.includes("://") ? part : `https://${part}`;
        return (
          <a key={place} className="in-text" href={address} target="_blank" rel="noopener noreferrer">
            {part}
          </a>
        );
      })}
    </>
  );
}
