// What is kept of messages: what one saved for oneself, what is pinned, and messages away from
// their place that something here refers to: answered further back, or copied from another room.

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { get, request } from '../lib/api';
import type { MessageHit, SavedMessages } from '../protocol';

type Try = <T>(asked: Promise<T>) => Promise<T | undefined>;

/** So many messages away from their place are remembered; the page asks again for older ones. */
const HITS_MAX = 500;

export class Kept {
  readonly #try: Try;
  readonly #saved = new SvelteSet<string>();
  /** Nothing where one may not see it. */
  readonly #hits = new SvelteMap<string, MessageHit | null>();
  readonly #asked = new Set<string>();
  #known = false;
  /** Moves with each change of what is saved. */
  changes = $state(0);

  /** `attempt` tells of what fails. */
  constructor(attempt: Try) {
    this.#try = attempt;
  }

  /** Whether one saved it; what is saved is asked for when somebody first wants to know. */
  has(id: string): boolean {
    if (!this.#known) {
      this.#known = true;
      void get<SavedMessages>('/api/saved?limit=1').then(
        ({ ids = [] }) => ids.forEach((id) => this.#saved.add(id)),
        () => (this.#known = false),
      );
    }
    return this.#saved.has(id);
  }

  async save(id: string, on: boolean): Promise<void> {
    this.take(id, on);
    const done = await this.#try(request(on ? 'PUT' : 'DELETE', `/api/messages/${id}/saved`).then(() => true));
    if (!done) this.take(id, !on);
  }

  /** The server's word, said here or on another device. */
  take(id: string, on: boolean): void {
    if (on) this.#saved.add(id);
    else this.#saved.delete(id);
    this.changes++;
  }

  async pin(id: string, on: boolean): Promise<void> {
    await this.#try(request(on ? 'PUT' : 'DELETE', `/api/messages/${id}/pin`));
  }

  /** Shows no more, to anybody, what a message's links lead to. Where it is somebody else's, admins read why. */
  async dropPreviews(id: string, reason: string): Promise<void> {
    await this.#try(request('DELETE', `/api/messages/${id}/previews?${new URLSearchParams({ reason })}`));
  }

  /** A message wherever it stands; asked for once, there when it has come. */
  message(id: string): MessageHit | undefined {
    const known = this.#hits.get(id);
    if (known === undefined && !this.#asked.has(id)) {
      this.#asked.add(id);
      void this.#fetch(id);
    }
    return known ?? undefined;
  }

  /** Whether there is none that one may see. */
  isLost(id: string): boolean {
    return this.#hits.get(id) === null;
  }

  async #fetch(id: string): Promise<void> {
    const [hit, refused] = await get<MessageHit>(`/api/messages/${id}`).then(
      (hit) => [hit, undefined] as const,
      (error: { status?: number }) => [null, error.status] as const,
    );
    // Without a network one may ask again later.
    if (!hit && refused !== 404) return void this.#asked.delete(id);
    const [oldest] = this.#hits.keys();
    if (this.#hits.size >= HITS_MAX && oldest !== undefined) {
      this.#hits.delete(oldest);
      this.#asked.delete(oldest);
    }
    this.#hits.set(id, hit);
  }
}
