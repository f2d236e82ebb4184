import { Button } from "@chatui/core/es/components/Button";
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { personOf } from "../plain";
import type { Answer } from "../types";
import { Icon } from "../ui/icons";
import words, { fill } from "../words";

interface Props {
  answer: Answer;
  onAsk?: (text: string) => void;
}

/**
 * For whom an answer is. A tap opens what it rests on: place, age, kind, person; each choice is
 * said like any other sentence.
 */
export function Person({ answer, onAsk }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) panel.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  const basis = answer.assumed.split("、").filter(Boolean).join("·") || personOf(answer);
  const text = basis ? fill(words.card.assumed, { text: basis }) : words.person.change;
  const matters = basis || answer.figure || answer.bands.length > 0;
  if (!matters || (!basis && !onAsk)) return null;
  if (!onAsk) return <p className="assumed">{text}</p>;
  return (
    <div className="for">
      <Button className="for-chip" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {text}
        {basis && <span className="for-change">{words.person.edit}</span>}
        <Icon name="fold" />
      </Button>
      {open && (
        <div id={id} className="for-panel" ref={panel} role="group" aria-label={words.person.change}>
          <Row name={words.person.place} said={words.person.places.map((e) => [e, fill(words.person.ask, { text: e })])} onAsk={onAsk}>
            <Field label={words.person.otherPlace} most={20} onSay={(said) => onAsk(fill(words.person.ask, { text: said }))} />
          </Row>
          <Row name={words.person.age} said={[]} onAsk={onAsk}>
            <Field label={words.person.howOld} most={3} isNumber onSay={(said) => onAsk(fill(words.person.years, { age: said }))} />
          </Row>
          <Row name={words.person.kind} said={words.person.kinds.map((e) => [e, e])} onAsk={onAsk} />
          <Row name={words.person.who} said={words.person.people.map((e) => [e, fill(words.person.ask, { text: e })])} onAsk={onAsk}>
            <Button className="choice" onClick={() => onAsk(words.menu.otherPersonSay)}>
              {words.menu.otherPersonSay}
            </Button>
          </Row>
        </div>
      )}
    </div>
  );
}

interface RowProps {
  name: string;
  /** Words on a button, and what a tap says. */
  said: string[][];
  onAsk: (text: string) => void;
  children?: ReactNode;
}

function Row({ name, said, onAsk, children }: RowProps) {
  return (
    <div className="for-row" role="group" aria-label={name}>
      <span className="for-name">{name}</span>
      {said.map(([title = "", text = ""]) => (
        <Button key={title} className="choice" onClick={() => onAsk(text)}>
          {title}
        </Button>
      ))}
      {children}
    </div>
  );
}

interface FieldProps {
  label: string;
  most: number;
  isNumber?: boolean;
  onSay: (text: string) => void;
}

/** A short field for what no button says. */
function Field({ label, most, isNumber, onSay }: FieldProps) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim()) onSay(text.trim());
  };
  return (
    <form className="for-field" onSubmit={submit}>
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        inputMode={isNumber ? "numeric" : undefined}
        autoComplete="off"
        maxLength={most}
        value={text}
        onChange={({ target }) => {
          // On the field itself too: where nothing but a letter was added, nothing is drawn anew.
          if (isNumber) target.value = target.value.replace(/\D/g, "");
          setText(target.value);
        }}
      />
      <Button type="submit">{words.person.done}</Button>
    </form>
  );
}
