import { spokenDate } from "./plain";
import type { Answer, Band, Figure, Payload, Place, Source } from "./types";
import words, { fill } from "./words";

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const objects = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

const VERSION = 2;
/** Kinds of blocks that are said as sentences of their own. */
const SENTENCES = ["decision", "figure", "rule"];

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
  const figure = first && text(first.kind) === "figure" && first.amount ? readFigure(first) : undefined;
  // A note right behind the lead says how to read it, as that a sum is for a whole year.
  const isNear = (block: Loose, place: number): boolean => text(block.kind) === "note" && place === 0;
  return {
    title: text(data.title),
    assumed: text(data.assumed),
    lead: text(first?.text),
    figure,
    bands: folded.filter((block) => text(block.kind) === "band").map(readBand),
    compare: shown.filter((block) => text(block.kind) === "band").map(readPlace),
    paragraphs: rest
      .filter((block, place) => SENTENCES.includes(text(block.kind)) || isNear(block, place))
      .map((block) => text(block.text)),
    causes: said(["cause"], shown),
    steps: said(["step"], shown),
    notes: said(["note"], rest.filter((block, place) => !isNear(block, place))),
    caveats: said(["caveat"], shown),
    more: said([...SENTENCES, "note", "cause", "caveat"], folded),
    claims: said(["claim"], blocks),
    sources: blocks.filter((block) => text(block.kind) === "source").map(readSource),
    trust: shown.filter((block) => text(block.kind) === "trust").map((each) => readTrust(each, figure)).join(""),
    phone: said(["phone"], shown).join(""),
  };
}

/** The source's kind and the month; since when it holds is said beside a figure already. */
function readTrust(data: Loose, figure?: Figure): string {
  const { label, date } = { label: text(data.label), date: text(data.date) };
  if (!figure?.since || !label || !date) return text(data.text);
  return fill(words.card.trust, { label, date: spokenDate(date) });
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

/** 单位退休人员 每月 83 元（到账约 80 元）: whom it is for, the amount, what else is said of it. */
const ROW = /^(.*?)\s*每(月|年) ([\d.]+) (元)(?:（(.*)）)?$/;

/** A place of a comparison: a row for each kind of person, so that no figure stands for all. */
function readPlace(data: Loose): Place {
  const name = text(data.place) || text(data.label);
  const sentence = text(data.text);
  const prefix = `${name}：`;
  const rest = sentence.startsWith(prefix) ? sentence.slice(prefix.length) : sentence;
  const rows = rest.split("，").map((part): Band | null => {
    const found = ROW.exec(part);
    if (!found) return null;
    const [, label = "", period, amount = "", unit = "", note = ""] = found;
    return { label, amount, unit, period, note };
  });
  if (rows.every(Boolean)) return { name, rows: rows as Band[], text: rest };
  const row = readBand(data);
  return { name, rows: row.amount && !rest ? [row] : [], text: rest };
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
