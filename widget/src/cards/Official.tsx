import { lazy, Suspense, useState } from "react";
import words from "../words";

const Qr = lazy(() => import("./Qr"));

/** A link to an official page; on a large screen also as a code for the phone. */
export function Official({ url }: { url: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="official">
      <a className="plain-link" href={url} target="_blank" rel="noopener noreferrer">
        {words.card.link}
        <span className="hidden">{words.card.newWindow}</span>
      </a>
      <button type="button" className="plain-link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {words.tools.link}
      </button>
      {open && (
        <Suspense fallback={<div className="qr bone" />}>
          <Qr url={url} />
        </Suspense>
      )}
    </div>
  );
}
