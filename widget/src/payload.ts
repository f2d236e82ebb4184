import type { Answer, Band, Figure, Payload, Source } from "./types";

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const objects = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

const VERSION = 2;
/** Kinds of blocks that are said as sentences of their own. */
const SENTENCES = ["decision", "figure", "rule", "note", "cause"];

/** The structure of a reply with its empty parts filled in; null if there is none to show. */
export function readPayload(custom: unknown): Payload | null {
  if (!isObject(custom) || custom.version !== VERSION) return null;
  const answers = objects(custom.answers).map(readAnswer).filter((each) => each.lead);
  return answers.length ? { status: text(custom.status), answers } : null;
}

/** An answer's blocks, sorted into what a card shows and what it folds away. */
function readAnswer(data: Loose): Answer {
  const blocks = objects(data.blocks);
  const shown = blocks.filter((block) => block.folded !== true);
  const folded = blocks.filter((block) => block.folded === true);
  const [first, ...rest] = shown;
  const said = (kinds: string[], among: Loose[]) =>
    among.filter((block) => kinds.includes(text(block.kind))).map((block) => text(block.text));
  const places = shown.filter((block) => text(block.kind) === "band");
  return {
    title: text(data.title),
    assumed: text(data.assumed),
    lead: text(first?.text),
    figure: first && text(first.kind) === "figure" && first.amount ? readFigure(first) : undefined,
    bands: folded.filter((block) => text(block.kind) === "band").map(readBand),
    compare: places.map((block) => ({ ...readBand(block), label: text(block.place) })),
    paragraphs: said(SENTENCES, rest),
    steps: said(["step"], shown),
    caveats: said(["caveat"], shown),
    claims: said(["claim"], shown),
    more: said([...SENTENCES, "caveat", "claim"], folded),
    sources: blocks.filter((block) => text(block.kind) === "source").map(readSource),
    trust: said(["trust"], shown).join(""),
    phone: said(["phone"], shown).join(""),
  };
}

function readFigure(data: Loose): Figure {
  return {
    amount: text(data.amount),
    unit: text(data.unit),
    period: text(data.period),
    label: text(data.text),
    since: text(data.since),
  };
}

function readBand(data: Loose): Band {
  return {
    label: text(data.label),
    amount: text(data.amount),
    unit: text(data.unit),
    period: text(data.period),
    mine: data.mine === true,
    note: data.amount ? "" : text(data.text),
  };
}

function readSource(data: Loose): Source {
  const url = text(data.url);
  return {
    publisher: text(data.publisher),
    kind: text(data.label),
    date: text(data.date),
    document: text(data.document),
    url: /^https?:\/\//.test(url) ? url : undefined,
  };
}
