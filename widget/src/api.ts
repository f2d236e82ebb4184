import type { Config, HistoryTurn, MessageResult, Session } from "./types";

/** Milliseconds after which a request counts as lost. */
const PATIENCE = 25_000;
// The bundle lies in …/chat/assets/, so the page also works behind a path prefix.
export const BASE = import.meta.url.replace(/\/(assets|src)\/.*$/, "");

/** A request that failed; `status` 0 means that the server was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds to wait, if the server said so. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

interface Options {
  method?: string;
  token?: string;
  body?: unknown;
}

async function request<T>(path: string, { method = "GET", token, body }: Options = {}): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const headers: Record<string, string> = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal: stop.signal,
    });
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    const problem = await response.json().catch(() => ({}));
    const wait = Number(problem.retry_after ?? response.headers.get("Retry-After")) || 0;
    throw new ApiError(response.status, String(problem.message ?? ""), wait);
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, "");
  } finally {
    clearTimeout(timer);
  }
}

export const api = {
  config: () => request<Config>("/config"),
  questions: async () => (await request<{ questions: string[] }>("/questions")).questions,
  session: (token: string | null) =>
    request<Session>("/session", { method: "POST", body: token ? { token } : {} }),
  message: (token: string, id: string, text: string) =>
    request<MessageResult>("/message", { method: "POST", token, body: { id, text } }),
  history: (token: string, before?: string) =>
    request<{ turns: HistoryTurn[]; more: boolean }>(
      "/history" + (before ? `?before=${encodeURIComponent(before)}` : ""),
      { token },
    ),
  feedback: (token: string, reply: string, value: "up" | "down", reason?: string) =>
    request<void>("/feedback", { method: "POST", token, body: { reply, value, reason } }),
  erase: (token: string) => request<void>("/session", { method: "DELETE", token }),
};

/** A random id for a message; `randomUUID` is missing on old phones and on plain HTTP. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
