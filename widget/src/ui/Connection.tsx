import { Button } from "@chatui/core/es/components/Button";
import type { State } from "../conversation";
import words, { fill } from "../words";
import { Icon } from "./icons";

interface Props {
  state: State;
  onRetry: () => void;
}

/** A calm line above the conversation while the server is away, or when there is news of it. */
export function Connection({ state, onRetry }: Props) {
  if (state.connection === "lost") {
    return (
      <div className="connection" data-lost>
        <Icon name="warn" />
        <p>{state.outage || words.connection.lost}</p>
        <Button onClick={onRetry}>{words.connection.retry}</Button>
        <a className="Btn" href={`tel:${words.card.hotline}`}>
          {fill(words.card.call, { number: words.card.hotline })}
        </a>
      </div>
    );
  }
  const text = { "": "", back: "", expired: words.connection.expired, erased: words.menu.erased };
  return text[state.notice] ? (
    <div className="connection">
      <p>{text[state.notice]}</p>
    </div>
  ) : null;
}
