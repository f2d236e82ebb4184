import { Bubble } from "@chatui/core/es/components/Bubble";
import { Button } from "@chatui/core/es/components/Button";
import type { Config } from "../types";
import words, { fill } from "../words";

interface Props {
  config: Config;
  /** Whether the settings are still on their way; their place is kept. */
  waiting: boolean;
  onAsk: (text: string) => void;
}

export function Welcome({ config, waiting, onAsk }: Props) {
  return (
    <div className="welcome">
      <Bubble>
        <p>{config.greeting}</p>
        {config.home_region && (
          <p className="soft">{fill(words.welcome.home, { region: config.home_region.name })}</p>
        )}
      </Bubble>
      {(waiting || config.topics.length > 0) && (
        <nav aria-label={words.welcome.topics}>
          <p className="soft">{words.welcome.topics}</p>
          <ul className="topics">
            {waiting
              ? words.welcome.cards.map(({ title }) => <li key={title} className="topic bone" />)
              : config.topics.map(({ title, ask }) => (
                  <li key={title}>
                    <Button className="topic" onClick={() => onAsk(ask)}>
                      <span className="topic-title">{title}</span>
                      {ask !== title && <span className="topic-ask">{ask}</span>}
                    </Button>
                  </li>
                ))}
          </ul>
        </nav>
      )}
    </div>
  );
}
