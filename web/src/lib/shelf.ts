// What one has sent and no server has taken yet, kept on the device: it goes out when there is a
// network again, even if the page was closed meanwhile. Every entry lies by itself, so that two
// pages do not write over each other's. Commands are not kept: run late, they surprise.

import type { Pending } from './outbox';

const PREFIX = 'salon.unsent.';
/** Where what is not even sent lies: `unsent.ts`. */
export const WRITTEN = 'salon.written.';

export class Shelf {
  readonly #storage: Storage;
  readonly #prefix: string;
  #kept = new Map<string, string>();

  constructor(user: string, storage: Storage = localStorage) {
    this.#storage = storage;
    this.#prefix = `${PREFIX}${user}.`;
  }

  /** What lies there, oldest first. */
  take(): Pending[] {
    const found: Pending[] = [];
    for (const name of names(this.#storage, this.#prefix)) {
      const text = this.#storage.getItem(name) ?? '';
      const entry = read(text);
      if (entry) {
        found.push(entry);
        this.#kept.set(entry.key, text);
      } else this.#storage.removeItem(name);
    }
    return found.sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** Makes what lies there what these are. */
  keep(entries: Pending[]): void {
    const now = new Map(entries.filter((entry) => !entry.command && !entry.message_id).map((entry) => [entry.key, JSON.stringify(entry)]));
    try {
      for (const [key, text] of now) if (this.#kept.get(key) !== text) this.#storage.setItem(this.#prefix + key, text);
    } catch {
      // A device that is full keeps what it kept; the page goes on without.
    }
    for (const key of this.#kept.keys()) if (!now.has(key)) this.#storage.removeItem(this.#prefix + key);
    this.#kept = now;
  }
}

/** Lets go of what anybody has not sent, and of what they have begun to write. */
export function clearShelves(storage: Storage = localStorage): void {
  for (const name of [...names(storage, PREFIX), ...names(storage, WRITTEN)]) storage.removeItem(name);
}

export function names(storage: Storage, prefix: string): string[] {
  return Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '').filter((name) => name.startsWith(prefix));
}

function read(text: string): Pending | undefined {
  try {
    const entry = JSON.parse(text) as Pending;
    return typeof entry.key === 'string' && typeof entry.room === 'string' && typeof entry.text === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}
