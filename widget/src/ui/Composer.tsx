import { Button } from "@chatui/core/es/components/Button";
import { type FormEvent, type KeyboardEvent, type RefObject } from "react";
import words, { fill } from "../words";
import { Icon } from "./icons";

interface Props {
  text: string;
  limit: number;
  inputRef: RefObject<HTMLTextAreaElement>;
  onChange: (text: string) => void;
  onSend: () => void;
}

/** Characters as the server counts them: an emoji is one. */
const length = (text: string): number => Array.from(text.trim()).length;

export function Composer({ text, limit, inputRef, onChange, onSend }: Props) {
  const count = length(text);
  const tooLong = count > limit;

  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (count && !tooLong) onSend();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While pinyin is being composed, Enter picks a word; old WebKit tells it only by 229.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form className="composer" onSubmit={submit}>
      <label className="hidden" htmlFor="say">
        {words.composer.label}
      </label>
      <div className="composer-input">
        {/* The style sheet writes the text behind the field, so that the field grows with it. */}
        <div className="growing" data-text={text}>
          <textarea
            id="say"
            ref={inputRef}
            rows={1}
            value={text}
            placeholder={words.composer.placeholder}
            enterKeyHint="send"
            autoComplete="off"
            aria-invalid={tooLong}
            aria-describedby="say-count"
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <p className="composer-count" id="say-count" role={tooLong ? "alert" : undefined}>
          {tooLong && fill(words.composer.tooLong, { limit })}{" "}
          {count > limit * 0.8 && fill(words.composer.count, { count, limit })}
        </p>
      </div>
      <Button type="submit" color="primary" className="send" aria-disabled={!count || tooLong}>
        <Icon name="send" />
        {words.composer.send}
      </Button>
    </form>
  );
}
