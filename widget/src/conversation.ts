import { api, ApiError, uuid } from "./api";
import { readPayload } from "./payload";
import { forget, load, onChange, save } from "./storage";
import type { Config, HistoryTurn, MessageResult, Reply, Session, Turn } from "./types";
import words from "./words";

/** Seconds before the next try after the first, second, … failure. */
const PAUSES = [1, 2, 4, 8, 15, 30];
const VOTES_KEPT = 200;
/** How often a message is sent again after "internal error" before the person is asked. */
const STUMBLES = 3;

export type Vote = "up" | "down";

export interface State {
  turns: Turn[];
  config: Config | null;
  /** `starting` until the first answer of the server. */
  connection: "starting" | "ok" | "lost";
  /** What the server says of its outage, if it answers at all. */
  outage: string;
  /** Seconds until the next try; 0 if none is planned. */
  pause: number;
  busy: boolean;
  older: "none" | "some" | "loading" | "failed";
  /** The replies that came last while the page was open. */
  arrived: { question: string; replies: string[] } | null;
  votes: Record<string, Vote>;
  notice: "" | "expired" | "erased" | "back";
}

/** A message that may not have reached the server yet; it survives a reload. */
interface Unsent {
  id: string;
  text: string;
  time: number;
  problem?: string;
}

/**
 * The conversation: sends each message until the server has answered it, in order, each under
 * one id, so that a message is neither lost nor answered twice.
 */
export class Conversation {
  private state: State = {
    turns: [],
    config: null,
    connection: "starting",
    outage: "",
    pause: 0,
    busy: false,
    older: "none",
    arrived: null,
    votes: load<Record<string, Vote>>("votes", {}),
    notice: "",
  };
  private listeners = new Set<() => void>();
  private session: Session | null = null;
  private hasHistory = false;
  private running = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.state.connection === "lost") this.retry();
    });
    onChange("token", (gone) => {
      if (gone || !this.state.turns.length) this.reset();
    });
    // Another tab has had an answer.
    onChange("beat", () => {
      this.hasHistory = false;
      void this.run();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): State => this.state;

  /** Open the session, show what was said before, send what was left unsent. */
  readonly start = (): void => {
    const unsent = load<Unsent[]>("outbox", []).map(waiting);
    this.update({ turns: unsent });
    void this.run();
  };

  /** Say something; it is kept until the server has it. */
  readonly send = (text: string): void => {
    const turn = waiting({ id: uuid(), text, time: Date.now() });
    if (this.state.connection !== "lost") turn.delivery = "sending";
    save("outbox", [...load<Unsent[]>("outbox", []), { id: turn.id, text, time: turn.time }]);
    this.update({ turns: [...this.state.turns, turn], notice: "" });
    void this.run();
  };

  /** Try again now: the connection, and one message that was refused if its id is given. */
  readonly retry = (id?: string): void => {
    if (id) this.change(id, { delivery: "sending", problem: undefined });
    clearTimeout(this.timer);
    this.update({ pause: 0 });
    void this.run();
  };

  /** Take back a message that was not delivered; returns its text. */
  readonly drop = (id: string): string => {
    const turn = this.state.turns.find((each) => each.id === id);
    this.delivered(id);
    this.update({ turns: this.state.turns.filter((each) => each.id !== id) });
    return turn?.text ?? "";
  };

  /** Show turns from before the oldest one shown. */
  readonly loadOlder = async (): Promise<void> => {
    const oldest = this.state.turns[0];
    if (!oldest || this.state.older === "loading") return;
    this.update({ older: "loading" });
    try {
      const { turns, more } = await this.authorised((token) => api.history(token, oldest.id));
      const known = new Set(this.state.turns.map((turn) => turn.id));
      const older = turns.map(fromHistory).filter((turn) => !known.has(turn.id));
      this.update({ turns: [...older, ...this.state.turns], older: more ? "some" : "none" });
    } catch {
      this.update({ older: "failed" });
    }
  };

  /** Show everything that was ever said. */
  readonly loadAll = async (): Promise<void> => {
    while (this.state.older === "some") await this.loadOlder();
  };

  /** Judge an answer. */
  readonly vote = async (reply: string, value: Vote, reason?: string): Promise<void> => {
    await this.authorised((token) => api.feedback(token, reply, value, reason));
    const votes = Object.entries({ ...this.state.votes, [reply]: value }).slice(-VOTES_KEPT);
    this.update({ votes: Object.fromEntries(votes) });
    save("votes", this.state.votes);
  };

  /** Delete the conversation on the server and here. */
  readonly erase = async (): Promise<void> => {
    try {
      await this.authorised((token) => api.erase(token), false);
    } catch (error) {
      // A conversation that the server no longer knows is deleted already.
      if (!(error instanceof ApiError && [401, 403, 404].includes(error.status))) throw error;
    }
    for (const name of ["token", "outbox", "votes", "draft"]) forget(name);
    this.reset();
    this.update({ notice: "erased" });
  };

  private reset(): void {
    this.session = null;
    this.hasHistory = false;
    this.update({ turns: [], votes: {}, arrived: null, older: "none", notice: "" });
    void this.run();
  }

  /** Do everything that is still to be done; plan another try if the server is away. */
  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      await this.open();
      await this.flush();
      const wasLost = this.state.connection === "lost";
      this.failures = 0;
      this.update({ connection: "ok", outage: "", pause: 0 });
      if (wasLost) this.update({ notice: "back" });
    } catch (error) {
      this.failed(error);
    } finally {
      this.running = false;
      this.update({ busy: false });
    }
    // Something may have been said after the last look at the queue.
    const isLeft = this.next() || !this.hasHistory;
    if (this.state.connection === "ok" && !this.state.pause && isLeft) void this.run();
  }

  private failed(error: unknown): void {
    const known = error instanceof ApiError ? error : new ApiError(0, "");
    const planned = PAUSES[Math.min(this.failures, PAUSES.length - 1)]!;
    const pause = Math.max(known.retryAfter, planned);
    this.failures += 1;
    const turns = this.state.turns.map((turn): Turn =>
      turn.delivery === "sending" ? { ...turn, delivery: "waiting" } : turn,
    );
    const slowed = known.status === 429;
    const connection = slowed && this.session ? "ok" : "lost";
    this.update({ turns, connection, pause, outage: slowed ? "" : known.message });
    this.timer = setTimeout(() => this.retry(), pause * 1000);
  }

  private async open(): Promise<void> {
    const config = this.state.config ? null : api.config().catch(() => null);
    if (!this.session) {
      const token = load<string | null>("token", null);
      const session = await api.session(token);
      save("token", session.token);
      this.session = session;
      if (token && session.fresh) {
        this.hasHistory = false;
        const turns = this.state.turns.filter((turn) => turn.delivery && turn.delivery !== "sent");
        this.update({ turns, notice: "expired" });
      }
    }
    const settings = await config;
    if (settings) this.update({ config: settings });
    if (!this.hasHistory) await this.recall();
  }

  /** Show the conversation as the server has it, and after it what it has not got. */
  private async recall(): Promise<void> {
    const { turns, more } = await api.history(this.session!.token);
    const past = turns.map(fromHistory);
    for (const unsent of load<Unsent[]>("outbox", [])) {
      const place = past.findIndex((turn) => turn.id === unsent.id);
      if (place >= 0 && past[place + 1]?.from === "bot") this.delivered(unsent.id);
    }
    const here = new Map(this.state.turns.map((turn) => [turn.id, turn]));
    const left = load<Unsent[]>("outbox", []).map((unsent) => here.get(unsent.id) ?? waiting(unsent));
    const open = new Set(left.map((turn) => turn.id));
    const shown = past.filter((turn) => !open.has(turn.id));
    this.hasHistory = true;
    this.update({ turns: [...shown, ...left], older: more ? "some" : "none" });
  }

  /** Send what is waiting, one after the other. */
  private async flush(): Promise<void> {
    for (let turn = this.next(); turn; turn = this.next()) {
      this.change(turn.id, { delivery: "sending", problem: undefined });
      this.update({ busy: true });
      const { id, text } = turn;
      try {
        const result = await this.authorised((token) => api.message(token, id, text));
        this.delivered(id);
        this.failures = 0;
        this.answered(id, result);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.change(id, { problem: error.message || undefined });
        // A message that the server keeps stumbling over must not hold up the ones behind it.
        const hopeless = error.status === 500 && this.failures >= STUMBLES;
        if (error.passing && !hopeless) throw error;
        this.change(id, { delivery: "failed" });
        const outbox = load<Unsent[]>("outbox", []);
        save("outbox", outbox.map((e) => (e.id === id ? { ...e, problem: error.message } : e)));
      }
    }
  }

  private next(turns = this.state.turns): Turn | undefined {
    return turns.find((t) => t.delivery === "sending" || t.delivery === "waiting");
  }

  private answered(question: string, result: MessageResult): void {
    const known = new Set(this.state.turns.map((turn) => turn.id));
    const replies = result.replies.filter((reply) => !known.has(reply.id)).map(fromReply);
    if (replies[0] && result.note) replies[0].note = result.note;
    const turns: Turn[] = [];
    for (const turn of this.state.turns) {
      if (turn.id === question) turns.push({ ...turn, delivery: "sent" }, ...replies);
      else turns.push(turn);
    }
    const arrived = { question, replies: replies.map((reply) => reply.id) };
    this.update({ turns, arrived, busy: Boolean(this.next(turns)) });
    save("beat", Date.now());
    if (result.note) void this.remask();
  }

  /** Replace what was typed by what the server kept: personal numbers are masked there. */
  private async remask(): Promise<void> {
    try {
      const { turns } = await this.authorised((token) => api.history(token));
      for (const { id, from, text } of turns) {
        if (from === "user" && text !== undefined) this.change(id, { text });
      }
    } catch {
      // The next visit shows it masked.
    }
  }

  /** Call with the token; a token that is no longer good is renewed once. */
  private async authorised<T>(call: (token: string) => Promise<T>, renew = true): Promise<T> {
    if (!this.session) await this.open();
    try {
      return await call(this.session!.token);
    } catch (error) {
      if (!renew || !(error instanceof ApiError) || error.status !== 401) throw error;
      this.session = null;
      await this.open();
      return call(this.session!.token);
    }
  }

  private delivered(id: string): void {
    save("outbox", load<Unsent[]>("outbox", []).filter((unsent) => unsent.id !== id));
  }

  private change(id: string, change: Partial<Turn>): void {
    const known = this.state.turns.find((turn) => turn.id === id);
    if (!known || !differs(known, change)) return;
    const turns = this.state.turns.map((turn) => (turn === known ? { ...turn, ...change } : turn));
    this.update({ turns });
  }

  /** Whoever listens draws the page anew, which an old phone takes its time for. */
  private update(change: Partial<State>): void {
    if (!differs(this.state, change)) return;
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }
}

function differs<T extends object>(whole: T, change: Partial<T>): boolean {
  return (Object.keys(change) as (keyof T)[]).some((name) => whole[name] !== change[name]);
}

/** What the page shows until the server has told its settings, and if it never does. */
export const DEFAULTS: Config = {
  title: words.page.title,
  greeting: words.welcome.greeting,
  topics: words.welcome.cards,
  disclaimer: words.menu.disclaimer,
  limits: { message: 500 },
};

function waiting(unsent: Unsent): Turn {
  const { id, text, time, problem } = unsent;
  const delivery = problem === undefined ? "waiting" : "failed";
  return { id, from: "user", text, time, buttons: [], payload: null, delivery, problem };
}

function fromReply(reply: Reply): Turn {
  return {
    id: reply.id,
    from: "bot",
    text: reply.text ?? "",
    time: Date.now(),
    buttons: (reply.buttons ?? []).map((button) => button.title),
    payload: readPayload(reply.custom),
  };
}

function fromHistory(turn: HistoryTurn): Turn {
  const { time } = turn;
  const moment = typeof time === "number" ? time * 1000 : Date.parse(time ?? "");
  return { ...fromReply(turn), from: turn.from, time: moment || Date.now() };
}
