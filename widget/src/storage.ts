/** Storage that forgets instead of failing: frames on other sites may not be allowed any. */

const PREFIX = "yibao.";
const memory = new Map<string, string>();

export function load<T>(name: string, otherwise: T): T {
  try {
    const stored = localStorage.getItem(PREFIX + name) ?? memory.get(name);
    return stored ? (JSON.parse(stored) as T) : otherwise;
  } catch {
    const kept = memory.get(name);
    return kept ? (JSON.parse(kept) as T) : otherwise;
  }
}

export function save(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // Kept in memory until the page is closed.
  }
}

export function forget(name: string): void {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was stored.
  }
}

/** Call back when another tab changes a name, and say whether it is gone. */
export function onChange(name: string, call: (gone: boolean) => void): void {
  addEventListener("storage", (event) => {
    if (event.key !== PREFIX + name) return;
    const gone = event.newValue === null;
    if (gone) memory.delete(name);
    call(gone);
  });
}
