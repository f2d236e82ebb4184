import { Button } from "@chatui/core/es/components/Button";
import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import words from "../words";

/** Longest reason that is sent, in characters. */
const LONGEST = 200;

interface Props {
  onSend: (reason: string) => void;
  onSkip: () => void;
}

/** What was wrong with an answer: a tap, a few words, or nothing. */
export function Reason({ onSend, onSkip }: Props) {
  const id = useId();
  const [picked, setPicked] = useState<string[]>([]);
  const [other, setOther] = useState("");
  const form = useRef<HTMLFormElement>(null);
  // It opens below what is read; nobody should have to look for it.
  useEffect(() => {
    form.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const toggle = (reason: string): void =>
    setPicked((old) => (old.includes(reason) ? old.filter((e) => e !== reason) : [...old, reason]));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const reason = [...picked, other.trim()].filter(Boolean).join("；");
    if (reason) onSend(reason);
    else onSkip();
  };
  return (
    <form className="reason" ref={form} onSubmit={submit}>
      <fieldset>
        <legend>{words.tools.reasonTitle}</legend>
        {words.tools.reasons.map((reason) => (
          <Button
            key={reason}
            className="choice"
            aria-pressed={picked.includes(reason)}
            onClick={() => toggle(reason)}
          >
            {reason}
          </Button>
        ))}
      </fieldset>
      <label htmlFor={id}>{words.tools.reasonOther}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        maxLength={LONGEST}
        value={other}
        onChange={(event) => setOther(event.target.value)}
      />
      <div className="reason-end">
        <Button type="submit" color="primary">
          {words.tools.reasonSend}
        </Button>
        <Button onClick={onSkip}>{words.tools.reasonSkip}</Button>
      </div>
    </form>
  );
}
