import { Button } from "@chatui/core/es/components/Button";
import { type FormEvent, type KeyboardEvent, type RefObject } from "react";
import words, { fill } from "../words";
import { canListen, useVoice } from "../voice";
import { Icon } from "./icons";
import { Suggestions } from "./Suggestions";

interface Props {
  text: string;
  limit: number;
  inputRef: RefObject<HTMLTextAreaElement>;
  /** The question that the page's address brought, if it did. */
  linked: string;
  /** Whether the operator allows questions to be spoken. */
  voice: boolean;
  onChange: (text: string) => void;
  onSend: () => void;
  /** Says one of the questions that are suggested. */
  onAsk: (text: string) => void;
}

/** Characters as the server counts them: an emoji is one. */
const length = (text: string): number => Array.from(text.trim()).length;

export function Composer({ text, limit, linked, voice, inputRef, onChange, onSend, onAsk }: Props) {
  const count = length(text);
  const tooLong = count > limit;
  const speaks = voice && canListen();
  const { listening, problem, toggle } = useVoice(text, onChange);

  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!count || tooLong) return;
    if (listening) toggle();
    onSend();
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
      {linked && text === linked ? (
        <p className="filled" role="status">
          {words.composer.filled}
        </p>
      ) : (
        <Suggestions text={text} onAsk={onAsk} />
      )}
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
            placeholder={listening ? words.voice.listening : speaks ? words.composer.placeholderVoice : words.composer.placeholder}
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
        <p className="voice-problem" role="status">
          {problem}
        </p>
      </div>
      {speaks && (
        <Button
          className="voice"
          aria-label={listening ? words.voice.stop : words.voice.start}
          aria-pressed={listening}
          onClick={toggle}
        >
          <Icon name={listening ? "stop" : "voice"} />
          <span>{listening ? words.voice.stop : words.voice.start}</span>
        </Button>
      )}
      <Button type="submit" color="primary" className="send" aria-disabled={!count || tooLong}>
        <Icon name="send" />
        {words.composer.send}
      </Button>
    </form>
  );
}
