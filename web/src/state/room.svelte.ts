// One room as the page shows it: its log, what is being written, who types, notices.

import { get } from '../lib/api';
import { grow, type Draft } from '../lib/drafts';
import { append, apply, find, fromPage, position, prepend, shorten, takeApprovals, touch, type RoomLog } from '../lib/log';
import { settingsOf } from '../lib/room-settings';
import type { Approvals, DraftUpdate, Event, Events, Members, Messages, Member, RoomSummary } from '../protocol';

const PAGE = 50;
/** What was missed is fetched as events up to so many; beyond, the newest page takes their place. */
const MISSED_MAX = 500;
/** A room that is left keeps so many items in memory. */
const LEFT_ITEMS_MAX = 500;
const TYPING_MS = 5_000;

export interface Notice {
  id: number;
  text: string;
  at: string;
  bad: boolean;
}

/** Where somebody was in the room: the first row that was seen, and how far below the edge it stood. */
export interface Spot {
  seq: number;
  top: number;
}

/** What remembers rooms on the device. */
export interface Memory {
  recall(room: Room): Promise<RoomLog | null>;
  changed(room: Room): void;
}

export class Room {
  summary = $state<RoomSummary>()!;
  /** What is now. It grows in place: whoever watches it is given another wrapper with each change. */
  log = $state.raw<RoomLog | null>(null);
  /** A part of the past that does not reach what is now, while somebody reads there; `seq` is up to where it reaches. */
  past = $state.raw<RoomLog | null>(null);
  drafts = $state<Draft[]>([]);
  typing = $state<string[]>([]);
  notices = $state<Notice[]>([]);
  members = $state<Member[]>([]);
  /** Grows whenever somebody is muted or banned here, or let go of. */
  restricted = $state(0);
  /** Why one is put out, where that came before the event that says so. */
  because = '';
  /** Where reading began: how far one had read when the room was opened, and how much was new. */
  began = $state<{ seq: number; unread: number } | null>(null);
  /** Marked as unread by hand: seeing it does not make it read. */
  held = false;
  loading = false;
  /** Where one was when the room was left; nothing at its end. */
  spot: Spot | null = null;
  /** Up to here the server has counted what is unread. */
  counted = 0;
  failed = $state(false);

  /** Events that came while the log was being fetched. */
  #early: Event[] = [];
  #loaded: Promise<void> = Promise.resolve();
  #paging: Promise<boolean> | undefined;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #notices = 0;

  readonly #memory: Memory | undefined;

  constructor(summary: RoomSummary, memory?: Memory) {
    this.summary = summary;
    this.members = summary.members;
    this.counted = summary.seq;
    this.#memory = memory;
  }

  /** What is read now: the past somebody jumped to, or what is now. */
  get shown(): RoomLog | null {
    return this.past ?? this.log;
  }

  get id(): string {
    return this.summary.id;
  }

  /** Somebody begins to read here. */
  begin(): void {
    const { unread, read_seq } = this.summary;
    this.held = false;
    this.began = unread > 0 ? { seq: read_seq, unread } : null;
  }

  /** Shows what the device has and fetches what is missing, or the newest page. */
  load(afresh = false): Promise<void> {
    if (!this.loading && (!this.log || afresh)) this.#loaded = this.#load(afresh);
    return this.#loaded;
  }

  async #load(afresh: boolean): Promise<void> {
    this.loading = true;
    this.failed = false;
    this.#early = [];
    try {
      const known = afresh ? null : ((await this.#memory?.recall(this)) ?? null);
      // Shown at once; whether it is all there is, is asked then.
      if (known) this.log = known;
      const log = known && (await this.#caughtUp(known)) ? known : await this.#newest();
      for (const event of this.#early) apply(log, event);
      if (log !== known) this.past = null;
      this.#show(log);
      if (this.summary.member_count > this.members.length) void this.loadMembers().catch(() => {});
      void this.loadApprovals();
    } catch {
      this.failed = this.log === null;
    } finally {
      this.loading = false;
    }
  }

  async #newest(): Promise<RoomLog> {
    const settings = { ...settingsOf(this.summary), seq: this.summary.seq };
    const page = await get<Messages>(`/api/rooms/${this.id}/messages?limit=${PAGE}`);
    return fromPage(page.messages, page.more, page.seq, settings);
  }

  /** Applies what was missed; false where it was too much. */
  async #caughtUp(log: RoomLog): Promise<boolean> {
    if (log.seq >= this.summary.seq) return true;
    if (this.summary.seq - log.seq > MISSED_MAX) return false;
    const { events } = await get<Events>(`/api/rooms/${this.id}/events?after=${log.seq}&limit=${MISSED_MAX}`);
    return events.every((event) => apply(log, event) !== 'gap') && log.seq >= this.summary.seq;
  }

  /** Goes on from what is on the device once the server is there again. */
  settle(): void {
    if (this.log && !this.loading && this.log.seq < this.summary.seq) this.#loaded = this.#settle(this.log);
  }

  async #settle(log: RoomLog): Promise<void> {
    this.loading = true;
    this.#early = [];
    const isWhole = await this.#caughtUp(log).catch(() => true);
    for (const event of this.#early) apply(log, event);
    this.loading = false;
    if (isWhole) this.#show(log);
    else await this.load(true);
  }

  async loadOlder(): Promise<boolean> {
    const first = this.shown?.items[0]?.seq;
    if (!this.shown?.more || first === undefined) return false;
    return this.#page(`before=${first}`, (page) => {
      if (this.shown?.items[0]?.seq !== first) return;
      prepend(this.shown, page.messages, page.more);
      this.#renew(this.shown);
    });
  }

  /** Goes on from the past towards what is now. */
  async loadNewer(): Promise<boolean> {
    const reached = this.past?.seq;
    if (reached === undefined) return false;
    return this.#page(`before=${reached + PAGE + 1}`, (page) => {
      const { past, log } = this;
      if (!past || !log || past.seq !== reached) return;
      if (append(past, page.messages, reached + PAGE, log)) {
        this.past = null;
        this.#renew(log);
      } else this.#renew(past);
    });
  }

  /** Brings a number into what is shown, wherever in the room it is. */
  async bring(seq: number): Promise<boolean> {
    // What the device has may not reach so far yet, and what takes its place would have no page of ours.
    await this.#loaded;
    if (!this.shown || !this.log) return false;
    if (has(this.shown, seq)) return true;
    if (has(this.log, seq)) {
      this.toNow();
      return true;
    }
    await this.#paging;
    const reached = seq + PAGE / 2 - 1;
    return this.#page(`before=${reached + 1}`, (page) => {
      const { log } = this;
      if (!log) return;
      const meets = reached + 1 >= (log.items[0]?.seq ?? 0);
      if (meets) prepend(log, page.messages, page.more);
      this.past = meets ? null : fromPage(page.messages, page.more, reached, log.settings);
      this.#renew(log);
    });
  }

  /** Leaves the past. */
  toNow(): void {
    this.past = null;
  }

  /** Nobody looks at it any more: what is long is cut. */
  left(spot: Spot | null): void {
    this.past = null;
    this.spot = spot;
    if (!this.log || this.log.items.length <= LEFT_ITEMS_MAX) return;
    const { log } = this;
    shorten(log, LEFT_ITEMS_MAX);
    if (spot && spot.seq < (log.items[0]?.seq ?? 0)) this.spot = null;
    this.#renew(log);
  }

  /** One page at a time. */
  async #page(where: string, then: (page: Messages) => void): Promise<boolean> {
    if (this.#paging) return false;
    this.#paging = get<Messages>(`/api/rooms/${this.id}/messages?limit=${PAGE}&${where}`).then(
      (page) => (then(page), true),
      () => false,
    );
    const fetched = await this.#paging;
    this.#paging = undefined;
    return fetched;
  }

  /** Tells whoever watches a log that it changed. */
  #renew(log: RoomLog): void {
    if (log === this.past) this.past = { ...log };
    else this.log = { ...log };
  }

  #show(log: RoomLog): void {
    this.log = { ...log };
    this.#memory?.changed(this);
  }

  /** History has no cards: what still waits is asked for. */
  async loadApprovals(): Promise<void> {
    const { approvals } = await get<Approvals>(`/api/rooms/${this.id}/approvals`).catch(() => ({ approvals: [] }));
    if (!this.log) return;
    takeApprovals(this.log, approvals);
    this.#renew(this.log);
  }

  async loadMembers(): Promise<void> {
    const { members } = await get<Members>(`/api/rooms/${this.id}/members`);
    this.members = members;
  }

  take(event: Event): void {
    if (event.seq > this.summary.seq) this.summary.seq = event.seq;
    if (event.kind === 'message.posted') {
      this.stopTyping(event.from);
      const id = event.message.draft_id;
      if (id) this.drafts = this.drafts.filter((draft) => draft.id !== id);
    }
    if (event.kind === 'room.changed') Object.assign(this.summary, settingsOf(event));
    if (event.kind === 'member.left' || event.kind === 'member.removed') {
      this.members = this.members.filter((member) => member.id !== event.user_id);
    }
    if (event.kind === 'member.joined') void this.loadMembers().catch(() => {});
    if (this.loading) this.#early.push(event);
    else if (this.log && apply(this.log, event) === 'gap') void this.load(true);
    else if (this.log) this.#show(this.log);
    if (this.past) {
      touch(this.past, event);
      this.#renew(this.past);
    }
  }

  shows(message: string): boolean {
    return this.log !== null && find(this.log, message) !== undefined;
  }

  draft(update: DraftUpdate): void {
    const at = this.drafts.findIndex((draft) => draft.id === update.draft_id);
    const next = grow(this.drafts[at], update);
    if (at < 0) this.drafts.push(next);
    else this.drafts[at] = next;
  }

  draftEnded(id: string): void {
    this.drafts = this.drafts.filter((draft) => draft.id !== id);
  }

  types(user: string): void {
    if (!this.typing.includes(user)) this.typing.push(user);
    clearTimeout(this.#timers.get(user));
    this.#timers.set(user, setTimeout(() => this.stopTyping(user), TYPING_MS));
  }

  stopTyping(user: string): void {
    this.typing = this.typing.filter((other) => other !== user);
  }

  /** A moderator kept somebody from writing or from coming in, or let go of it; perhaps oneself. */
  restricts(me: boolean, until: string | undefined): void {
    this.restricted += 1;
    if (!me) return;
    if (until) this.summary.silenced_until = until;
    else delete this.summary.silenced_until;
  }

  notice(text: string, bad = false): void {
    this.notices.push({ id: ++this.#notices, text, at: new Date().toISOString(), bad });
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}

function has(log: RoomLog, seq: number): boolean {
  return log.items[position(log.items, seq)]?.seq === seq;
}
