/** Answers as plain text: for copying, for sharing, for reading aloud. */

import type { Answer, Band, Figure, Payload, Source, Turn } from "./types";
import words, { fill } from "./words";

/** Longest name of a person, such as 您爱人的父母, in characters. */
const LONGEST_NAME = 7;
const NUMBERED = Object.entries(words.phones);

/** A date as people say it: 2023年7月1日, 2023年7月, 2023年. */
export function spokenDate(date: string): string {
  const [year, month, day] = date.split("-").map(Number);
  if (!year) return date;
  const pattern = day ? words.card.day : month ? words.card.month : words.card.year;
  return fill(pattern, { year, month: month ?? "", day: day ?? "" });
}

/** 每月, 每年; empty for what has no period. */
export function every(period?: string): string {
  if (!period) return "";
  if (period === "月") return words.card.monthly;
  return period === "年" ? words.card.yearly : fill(words.card.every, { period });
}

/** 每月 110 元. */
export function money({ amount, unit, period }: Band | Figure): string {
  if (!amount) return words.card.noAmount;
  if (unit === "%") return `${amount}%`;
  return [every(period), amount, unit].filter(Boolean).join(" ");
}

/** Whom a figure is for: its sentence without the figure at its end. */
export function whose(sentence: string, figure: Figure): string {
  const amount = money(figure);
  const at = sentence.indexOf(amount);
  if (at < 0 || sentence.slice(at + amount.length).replace(/[。.\s]/g, "")) return sentence;
  return sentence.slice(0, at).replace(/[：:，,\s]+$/, "");
}

/** Sentences that the card already shows beside the figure. */
export function furtherParagraphs(answer: Answer): string[] {
  const { figure, lead } = answer;
  const since = figure?.since ? fill(words.card.since, { date: spokenDate(figure.since) }) : "";
  const shown = [lead, figure?.label ?? "", since].map(bare);
  return answer.paragraphs.filter((text) => !shown.includes(bare(text)));
}

/** 您母亲: of whom an answer speaks, if it is somebody else and it says so; else "". */
export function personOf({ assumed, title }: Answer): string {
  const named = [assumed.split("、")[0] ?? "", title];
  return named.find((name) => /^(您|他|她|这一位|第.位)/.test(name) && name.length <= LONGEST_NAME) ?? "";
}

/** 退休人员, where the labels of all bands are 退休人员（…）; else "". */
export function sharedLabel(bands: Band[]): string {
  const heads = new Set(bands.map(({ label }) => /^([^（]+)（[^（）]+）$/.exec(label)?.[1] ?? ""));
  return heads.size === 1 && bands.length > 1 ? ([...heads][0] ?? "") : "";
}

/** Numbers stay on one line with their unit. */
export const tied = (text: string): string => text.replace(/(\d) (?=[元岁%])/g, "$1\u00a0");

const bare = (text: string): string => text.replace(/[。\s]+$/, "");

export function sourceText(source: Source): string {
  return fill(words.share.source, {
    publisher: source.publisher,
    kind: source.kind,
    date: source.date ? spokenDate(source.date) : words.card.undated,
  });
}

/** A reply for somebody else: the question, the answer, its sources, where it was said. */
export function shareText(turn: Turn, question: string, title: string): string {
  const lines = question ? [fill(words.share.question, { text: question })] : [];
  lines.push(fill(words.share.answer, { text: turn.text }));
  const sources = (turn.payload?.answers ?? []).flatMap((answer) => answer.sources);
  const missing = sources.filter((source) => !turn.text.includes(source.publisher));
  if (missing.length) {
    lines.push(fill(words.share.sources, { text: missing.map(sourceText).join("；") }));
  }
  if (title) lines.push(fill(words.share.from, { title }));
  return lines.join("\n");
}

/** A reply as it is read aloud: the answer first, without addresses and marks. */
export function speechText(turn: Turn): string {
  if (!turn.payload) return spellPhones(turn.text);
  const several = turn.payload.answers.length > 1;
  const said = turn.payload.answers.map((answer) => {
    const lines = several && answer.title ? [answer.title] : [];
    lines.push(answer.lead);
    lines.push(...answer.compare.map((place) => `${place.name}：${place.text}`));
    lines.push(...furtherParagraphs(answer), ...answer.causes);
    lines.push(...answer.steps.map((text, i) => fill(words.speech.step, { number: i + 1, text })));
    lines.push(...answer.caveats.map((text) => `${words.card.caveat}：${text}`));
    lines.push(...answer.notes);
    return lines.filter(Boolean).map((line) => (/[。！？：]$/.test(line) ? line : `${line}。`)).join("\n");
  });
  return spellPhones([turn.note, ...said].filter(Boolean).join("\n"));
}

/** Hotlines digit by digit: 12393 is no amount. */
export function spellPhones(text: string): string {
  return text.replace(/\d+/g, (number: string, at: number) => {
    const rest = text.slice(at + number.length);
    const isAmount = /^[.,]\d|^\s*(元|块|岁|年|月|日|天|%|万|个|人|倍|次)/.test(rest);
    return isPhone(number, text.slice(0, at)) && !isAmount ? number.split("").join(" ") : number;
  });
}

/** Whether a reply may be beside the point: not understood, not its business, or a guess. */
export function hasMissed(payload: Payload | null): boolean {
  const { status, answers = [] } = payload ?? {};
  // What it asks back about an answer rests on something; which thing is meant rests on nothing.
  const guesses = status === "asked" && !answers.some((answer) => answer.sources.length);
  return status === "unsure" || status === "rejected" || guesses;
}

/** Numbers that a reply asks to call, at most three, the most important first. */
export function phonesOf(turn: Turn): string[] {
  const answers = turn.payload?.answers ?? [];
  const text = answers.length ? answers.map((a) => [a.lead, ...a.paragraphs, ...a.notes].join("\n")).join("\n") : turn.text;
  const found: string[] = [];
  text.replace(/\d+/g, (number: string, at: number) => {
    if (isPhone(number, text.slice(0, at))) found.push(number);
    return number;
  });
  found.push(...answers.map((answer) => answer.phone.replace(/[^\d+-]/g, "")));
  const isUrgent = found.some((number) => number.length === 3);
  const needed = turn.payload?.status === "answered" || hasMissed(turn.payload);
  if (needed && !isUrgent) found.push(words.card.hotline);
  return [...new Set(found.filter(Boolean))].slice(0, 3);
}

/** Three digits may be an amount, so 120 and 110 must follow 打. */
function isPhone(number: string, before: string): boolean {
  if (!NUMBERED.some(([known]) => known === number)) return false;
  return number.length > 3 || /[打拨]\s*$/.test(before) || /[打拨]\s*\d{3}\s*[或和、]\s*$/.test(before);
}
