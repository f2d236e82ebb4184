import type { Answer, Band, Figure, Payload, Source } from "./types";

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(text).filter(Boolean) : [];
const objects = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The structure of a reply with its empty parts filled in; null if there is none to show. */
export function readPayload(custom: unknown): Payload | null {
  if (!isObject(custom) || custom.version !== 1) return null;
  const answers = objects(custom.answers).map(readAnswer).filter((each) => each.lead);
  return answers.length ? { status: text(custom.status), answers } : null;
}

function readAnswer(data: Loose): Answer {
  return {
    title: text(data.title),
    assumed: text(data.assumed),
    lead: text(data.lead),
    figure: isObject(data.figure) && data.figure.amount ? readFigure(data.figure) : undefined,
    bands: objects(data.bands).map(readBand),
    compare: objects(data.compare).map(readBand),
    paragraphs: texts(data.paragraphs),
    steps: texts(data.steps),
    caveats: texts(data.caveats),
    claims: texts(data.claims),
    sources: objects(data.sources).map(readSource),
    extra: text(data.extra),
    phone: text(data.phone),
  };
}

function readFigure(data: Loose): Figure {
  return {
    amount: text(data.amount),
    unit: text(data.unit),
    period: text(data.period),
    label: text(data.label),
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
    note: text(data.note),
  };
}

function readSource(data: Loose): Source {
  const url = text(data.url);
  return {
    publisher: text(data.publisher),
    kind: text(data.kind),
    date: text(data.date),
    document: text(data.document),
    url: /^https?:\/\//.test(url) ? url : undefined,
  };
}
