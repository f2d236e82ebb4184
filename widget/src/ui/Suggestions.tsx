import { Button } from "@chatui/core/es/components/Button";
import { useEffect, useState } from "react";
import { api } from "../api";
import { alike } from "../suggest";
import words from "../words";

/** Fetched once, when the first words are typed. */
let asked: Promise<string[]> | undefined;

/** Questions that can be answered and are like what is being typed. */
export function Suggestions({ text, onAsk }: { text: string; onAsk: (text: string) => void }) {
  const [questions, setQuestions] = useState<string[]>([]);
  const wanted = text.trim().length > 1;
  useEffect(() => {
    if (!wanted) return;
    asked ??= api.questions().catch(() => {
      asked = undefined;
      return [];
    });
    void asked.then(setQuestions);
  }, [wanted]);
  const found = wanted ? alike(text, questions) : [];
  if (!found.length) return null;
  return (
    <div className="suggestions" role="group" aria-label={words.composer.suggestions}>
      {found.map((question) => (
        <Button key={question} onClick={() => onAsk(question)}>
          {question}
        </Button>
      ))}
    </div>
  );
}
