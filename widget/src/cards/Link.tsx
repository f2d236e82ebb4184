import { Button } from "@chatui/core/es/components/Button";
import { lazy, Suspense, useEffect, useRef } from "react";
import { linkTo } from "../handover";
import words from "../words";

const Qr = lazy(() => import("./Qr"));

/** A link to one question, for posters and for the family: as a code, and to copy. */
export function QuestionLink({ question, onCopy }: { question: string; onCopy: (url: string) => void }) {
  const url = linkTo(question);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div className="link-box" ref={box} role="group" aria-label={words.tools.link}>
      <p>{words.tools.linkTitle}</p>
      <Suspense fallback={<div className="qr bone" />}>
        <Qr url={url} />
      </Suspense>
      <p className="link-text">{decodeURI(url)}</p>
      <Button onClick={() => onCopy(url)}>{words.tools.linkCopy}</Button>
    </div>
  );
}
