/** What the server sends, and what the page makes of it. */

export interface Source {
  publisher: string;
  kind: string;
  date?: string;
  document?: string;
  url?: string;
}

/** One row of a table of amounts; `mine` marks the person's own. */
export interface Band {
  label: string;
  amount: string;
  unit: string;
  period?: string;
  mine?: boolean;
  note?: string;
}

export interface Figure {
  amount: string;
  unit: string;
  period?: string;
  label?: string;
  /** ISO date as precise as its source: 2023, 2023-07 or 2023-07-01. */
  since?: string;
}

/** What one place gives, for each kind of person that it tells apart. */
export interface Place {
  name: string;
  rows: Band[];
  /** The whole sentence, where no row could be made of it. */
  text: string;
}

/** The answer to one question; every list is present, perhaps empty. */
export interface Answer {
  title: string;
  assumed: string;
  lead: string;
  figure?: Figure;
  bands: Band[];
  compare: Place[];
  /** What belongs to the lead and is read before the steps. */
  paragraphs: string[];
  causes: string[];
  steps: string[];
  /** Notes that can wait until the answer itself is read. */
  notes: string[];
  caveats: string[];
  /** What is folded away besides bands and sources; claims of articles last. */
  more: string[];
  claims: string[];
  sources: Source[];
  /** How far to trust it: the kind of its source and the month it was checked. */
  trust: string;
  phone: string;
}

/** `custom` of a reply after the lists were filled in. */
export interface Payload {
  status: string;
  answers: Answer[];
}

export interface Reply {
  id: string;
  text?: string;
  buttons?: { title: string }[];
  custom?: unknown;
}

export interface MessageResult {
  id: string;
  replies: Reply[];
  note?: string;
}

export interface HistoryTurn extends Reply {
  from: "user" | "bot";
  /** ISO time, or seconds since 1970. */
  time?: string | number;
}

export interface Session {
  token: string;
  fresh: boolean;
}

export interface Config {
  title: string;
  colour?: string;
  logo?: string;
  greeting: string;
  topics: { title: string; ask: string }[];
  disclaimer: string;
  home_region?: { name: string } | null;
  limits: { message: number };
  /** Whether questions may be spoken. */
  voice?: boolean;
}

/** Where a message of the person is on its way. */
export type Delivery = "sent" | "sending" | "waiting" | "failed";

/** One entry of the conversation as it is shown. */
export interface Turn {
  id: string;
  from: "user" | "bot";
  text: string;
  /** Milliseconds since 1970. */
  time: number;
  buttons: string[];
  payload: Payload | null;
  /** A sentence put before the answer, such as that a number was masked. */
  note?: string;
  delivery?: Delivery;
  /** Why a message was not delivered, in the server's words. */
  problem?: string;
}
