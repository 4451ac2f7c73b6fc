// Emoji that people here made. The list is fetched when a text or somebody first asks for one, and
// again where a name is not in it: it may have been made since.

import { get, request } from '../lib/api';
import type { Emoji } from '../lib/emoji';
import type { OwnEmoji, OwnEmojis } from '../protocol';

/** A name that nobody gave is looked for no more often. */
const AGAIN_AFTER_MS = 60_000;
/** Names that a page of messages brings are looked for together. */
const TOGETHER_MS = 100;
/** Beside the groups of the others. */
export const OWN_GROUP = -1;

class Own {
  list = $state.raw<OwnEmoji[]>([]);
  #asked = -Infinity;
  #lists = 0;
  #sought = new Map<string, number>();
  #soon: ReturnType<typeof setTimeout> | undefined;

  /** As those that everybody has, to be found among them. */
  readonly all: Emoji[] = $derived(this.list.map(({ name }) => ({ char: `:${name}:`, group: OWN_GROUP, codes: [name], words: [name], names: {} })));

  /** Where the picture of `:name:` is; nothing for what is no such name, or not known yet. */
  picture(written: string): string | undefined {
    const name = /^:(.+):$/u.exec(written)?.[1];
    if (!name) return undefined;
    const one = this.list.find((each) => each.name === name);
    if (!one) {
      this.#seek(name);
      return undefined;
    }
    return `/api/emoji/${encodeURIComponent(name)}?v=${Date.parse(one.made_at)}`;
  }

  #seek(name: string): void {
    const now = performance.now();
    if (now - (this.#sought.get(name) ?? -Infinity) < AGAIN_AFTER_MS) return;
    this.#sought.set(name, now);
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.load();
    }, TOGETHER_MS);
  }

  /** Fetches the list unless it was asked for within so long. */
  async load(within = 0): Promise<void> {
    const now = performance.now();
    if (now - this.#asked < within) return;
    this.#asked = now;
    const nth = ++this.#lists;
    try {
      const { emoji } = await get<OwnEmojis>('/api/emoji');
      // The list that was asked for last counts, in whatever order they come.
      if (nth === this.#lists) this.list = emoji;
    } catch {
      // Names stand where pictures would.
    }
  }

  async add(name: string, picture: File): Promise<void> {
    await request('PUT', `/api/emoji/${encodeURIComponent(name)}`, picture);
    await this.load();
  }

  /** Where somebody else made it, admins read why. */
  async remove(name: string, reason = ''): Promise<void> {
    await request('DELETE', `/api/emoji/${encodeURIComponent(name)}?${new URLSearchParams({ reason })}`);
    await this.load();
  }
}

export const ownEmoji = new Own();
