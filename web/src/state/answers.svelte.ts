// What one thinks of agents' answers, and the wish for another one.

import { SvelteMap } from 'svelte/reactivity';
import { rated } from '../lib/answers';
import { get, post, request } from '../lib/api';
import type { Feedback } from '../protocol';

type Try = <T>(asked: Promise<T>) => Promise<T | undefined>;

export class Answers {
  /** By message, as far as it was looked at. */
  feedback = new SvelteMap<string, Feedback>();

  #asked = new Set<string>();
  readonly #try: Try;

  /** `attempt` tells of what fails. */
  constructor(attempt: Try) {
    this.#try = attempt;
  }

  /** Fetches what was said of an answer, once. */
  async look(message: string): Promise<void> {
    if (this.#asked.has(message)) return;
    this.#asked.add(message);
    try {
      const feedback = await get<Feedback>(path(message));
      if (!this.feedback.has(message)) this.feedback.set(message, feedback);
    } catch {
      this.#asked.delete(message);
    }
  }

  /** Finds an answer good or not; once more the same takes it back. */
  async rate(message: string, good: boolean): Promise<void> {
    const before = this.feedback.get(message);
    const now = rated(before, good);
    this.#asked.add(message);
    this.feedback.set(message, now);
    const told = await this.#try(request<Feedback>('PUT', path(message), { good: now.mine }));
    const stands = told ?? before;
    if (stands) this.feedback.set(message, stands);
    else this.feedback.delete(message);
  }

  /** Wants another answer; it comes as a message that says which it replaces. */
  async again(message: string): Promise<void> {
    await this.#try(post(`/api/messages/${encodeURIComponent(message)}/again`, {}));
  }
}

const path = (message: string) => `/api/messages/${encodeURIComponent(message)}/feedback`;
