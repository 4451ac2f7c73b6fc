// What one planned: messages that are sent later, and reminders. The server lets them happen.

import { get, post, request } from '../lib/api';
import type { Later, LaterChange, LaterRequest, Laters } from '../protocol';

type Try = <T>(asked: Promise<T>) => Promise<T | undefined>;

export class Plans {
  readonly #try: Try;
  readonly #reminded: (later: Later) => void;
  all = $state.raw<Later[]>([]);

  /** `attempt` tells of what fails, `reminded` of what is due. */
  constructor(attempt: Try, reminded: (later: Later) => void) {
    this.#try = attempt;
    this.#reminded = reminded;
  }

  /** Reminders that are due and messages that could not be sent. */
  get waiting(): number {
    return this.all.filter(({ fired_at, failed }) => fired_at || failed).length;
  }

  async load(): Promise<void> {
    const page = await get<Laters>('/api/later').catch(() => undefined);
    if (page) this.all = page.later;
  }

  /** The server's word, about what is done here or on another device, or what was due. */
  take(later: Later, gone: boolean): void {
    const known = this.all.find(({ id }) => id === later.id);
    const others = this.all.filter(({ id }) => id !== later.id);
    this.all = gone ? others : [...others, later].sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
    if (later.fired_at && !known?.fired_at) this.#reminded(later);
  }

  async add(plan: LaterRequest): Promise<boolean> {
    return (await this.#try(post<Later>('/api/later', plan))) !== undefined;
  }

  async change(id: string, change: LaterChange): Promise<boolean> {
    return (await this.#try(request<Later>('PATCH', `/api/later/${id}`, change))) !== undefined;
  }

  async drop(id: string): Promise<void> {
    await this.#try(request('DELETE', `/api/later/${id}`));
  }
}
