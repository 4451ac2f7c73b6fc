// The threads that one follows, and what of them is unread. The server says; between two of its words
// every reply that comes adds to the thread that it is in.

import { get, request } from '../lib/api';
import { callsOne } from '../lib/standing';
import { asRead } from '../lib/threads';
import type { Event, Thread, ThreadHit, ThreadRequest, Threads } from '../protocol';

type Try = <T>(asked: Promise<T>) => Promise<T | undefined>;

export class FollowedThreads {
  readonly #try: Try;
  readonly #readUpTo: (room: string) => number;
  all = $state.raw<ThreadHit[]>([]);
  known = $state(false);
  /** Threads that one does not follow, as far as the server has been asked. */
  readonly #others = new Set<string>();

  /** `attempt` tells of what fails, `readUpTo` how far a room has been read here. */
  constructor(attempt: Try, readUpTo: (room: string) => number) {
    this.#try = attempt;
    this.#readUpTo = readUpTo;
  }

  get unread(): number {
    return this.all.reduce((sum, { unread }) => sum + unread, 0);
  }

  async load(): Promise<void> {
    const page = await get<Threads>('/api/threads').catch(() => undefined);
    if (!page) return;
    // The room may have been read while the server counted.
    this.all = page.threads.map((hit) => asRead(hit, this.#readUpTo(hit.room)));
    this.known = true;
  }

  /** A reply came. */
  take(event: Event, me: string): void {
    if (event.kind !== 'message.posted' || !event.message.thread_id) return;
    const root = event.message.thread_id;
    const hit = this.all.find(({ id }) => id === root);
    if (hit) {
      const unread = event.from === me ? 0 : hit.unread + 1;
      const replies = { count: (hit.replies?.count ?? 0) + 1, last_seq: event.seq, last_at: event.at };
      this.all = [{ ...hit, unread, replies }, ...this.all.filter((other) => other !== hit)];
      return;
    }
    // Whoever writes in it or is called follows it; whether one began it, the server knows.
    const joins = event.from === me || callsOne(event.message, me);
    if (!joins && this.#others.has(root)) return;
    this.#others.add(root);
    void this.load();
  }

  /** What is read in a room is read in its threads as well. */
  wasRead(room: string): void {
    if (!this.all.some((hit) => hit.room === room && hit.unread > 0)) return;
    this.all = this.all.map((hit) => (hit.room === room ? { ...hit, unread: 0 } : hit));
  }

  async open(message: string): Promise<Thread> {
    return get<Thread>(`/api/messages/${message}/thread`);
  }

  async change(root: string, wish: ThreadRequest): Promise<boolean> {
    const done = await this.#try(request('PUT', `/api/messages/${root}/thread`, wish).then(() => true));
    if (wish.read_seq !== undefined) this.all = this.all.map((hit) => (hit.id === root ? { ...hit, unread: 0 } : hit));
    if (wish.following !== undefined) await this.load();
    return done ?? false;
  }
}
