import words, { fill } from "../words";
import { Icon } from "../ui/icons";

const NAMES: Record<string, string> = words.phones;

/** Numbers to call, as links that a phone dials. */
export function Calls({ numbers }: { numbers: string[] }) {
  if (!numbers.length) return null;
  return (
    <p className="calls">
      {numbers.map((number) => (
        <a key={number} href={`tel:${number}`} data-urgent={number.length === 3 || undefined}>
          <Icon name="phone" />
          <span>
            {fill(words.card.call, { number })}
            <span className="call-name"> {NAMES[number]}</span>
          </span>
        </a>
      ))}
    </p>
  );
}
