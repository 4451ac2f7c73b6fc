// How one stands in the rooms: what is read and what is not, and of what one is told.

import { get, post, request } from '../lib/api';
import { stand } from '../lib/standing';
import type { NotificationLevel, RoomStanding, RoomSummary } from '../protocol';
import type { Room } from './room.svelte';

type Try = <T>(asked: Promise<T>) => Promise<T | undefined>;

/** Edits and deletions come in rows; one count is enough for all of them. */
const RECOUNT_AFTER_MS = 500;
/** A room in which it never falls quiet is right again when somebody looks into it. */
const RECOUNTS_MAX = 8;

export class Standings {
  readonly #try: Try;
  #recounting = new Map<string, ReturnType<typeof setTimeout>>();

  /** `attempt` tells of what fails. */
  constructor(attempt: Try) {
    this.#try = attempt;
  }

  /** Makes a message and what follows it unread again; the room stays so while one is in it. */
  async markUnread(room: Room, seq: number): Promise<void> {
    room.held = true;
    const now = await this.#try(post<RoomStanding>(`/api/rooms/${room.id}/unread`, { seq }));
    if (!now) room.held = false;
    else this.take(room, now);
  }

  async choose(room: Room, level: NotificationLevel | undefined, until?: Date): Promise<void> {
    const body = { level, muted_until: until?.toISOString() };
    const now = await this.#try(request<RoomStanding>('PUT', `/api/rooms/${room.id}/notifications`, body));
    if (now) this.take(room, now);
  }

  async readAll(): Promise<void> {
    await this.#try(post('/api/read', {}));
  }

  /** The server's word, said here or on another device. */
  take(room: Room, now: RoomStanding): void {
    const isBack = now.read_seq < room.summary.read_seq;
    stand(room.summary, now);
    room.counted = now.seq;
    // What came since is not in that count.
    if (now.seq < room.summary.seq) this.recount(room);
    if (isBack) room.began = { seq: now.read_seq, unread: now.unread };
  }

  /** Only the server can tell how many there are now. */
  recount(room: Room, left = RECOUNTS_MAX): void {
    clearTimeout(this.#recounting.get(room.id));
    if (left > 0) this.#recounting.set(room.id, setTimeout(() => void this.#count(room, left - 1), RECOUNT_AFTER_MS));
  }

  async #count(room: Room, left: number): Promise<void> {
    const told = await get<RoomSummary>(`/api/rooms/${room.id}`).catch(() => undefined);
    if (!told) return;
    // Something came or was read meanwhile that is not in that count, or will come and is.
    if (told.seq !== room.summary.seq || told.read_seq < room.summary.read_seq) return this.recount(room, left);
    const { seq, read_seq, unread, mentions = 0, level, muted_until } = told;
    stand(room.summary, { seq, read_seq, unread, mentions, ...(level && { level }), ...(muted_until && { muted_until }) });
    room.counted = seq;
  }
}
