// One room as the page shows it: its log, what is being written, who types, notices.

import { get } from '../lib/api';
import { grow, type Draft } from '../lib/drafts';
import { apply, find, fromPage, prepend, takeApprovals, type RoomLog } from '../lib/log';
import { settingsOf } from '../lib/room-settings';
import type { Approvals, DraftUpdate, Event, Members, Messages, Member, RoomSummary } from '../protocol';

const PAGE = 50;
const TYPING_MS = 5_000;

export interface Notice {
  id: number;
  text: string;
  at: string;
  bad: boolean;
}

export class Room {
  summary = $state<RoomSummary>()!;
  log = $state<RoomLog | null>(null);
  drafts = $state<Draft[]>([]);
  typing = $state<string[]>([]);
  notices = $state<Notice[]>([]);
  members = $state<Member[]>([]);
  /** Where reading began: how far one had read when the room was opened, and how much was new. */
  began = $state<{ seq: number; unread: number } | null>(null);
  /** Marked as unread by hand: seeing it does not make it read. */
  held = false;
  /** Up to here the server has counted what is unread. */
  counted: number;
  loading = false;
  failed = $state(false);

  /** Events that came while the log was being fetched. */
  #early: Event[] = [];
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #notices = 0;

  constructor(summary: RoomSummary) {
    this.summary = summary;
    this.members = summary.members;
    this.counted = summary.seq;
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

  /** Fetches the newest page unless it is there. */
  async load(afresh = false): Promise<void> {
    if (this.loading || (this.log && !afresh)) return;
    this.loading = true;
    this.failed = false;
    this.#early = [];
    const settings = { ...settingsOf(this.summary), seq: this.summary.seq };
    try {
      const page = await get<Messages>(`/api/rooms/${this.id}/messages?limit=${PAGE}`);
      const log = fromPage(page.messages, page.more, page.seq, settings);
      for (const event of this.#early) apply(log, event);
      this.log = log;
      if (this.summary.member_count > this.members.length) void this.loadMembers();
      void this.loadApprovals();
    } catch {
      this.failed = true;
    } finally {
      this.loading = false;
    }
  }

  async loadOlder(): Promise<boolean> {
    const first = this.log?.items[0]?.seq;
    if (this.loading || !this.log?.more || first === undefined) return false;
    this.loading = true;
    try {
      const page = await get<Messages>(`/api/rooms/${this.id}/messages?limit=${PAGE}&before=${first}`);
      prepend(this.log, page.messages, page.more);
      return true;
    } catch {
      return false;
    } finally {
      this.loading = false;
    }
  }

  /** History has no cards: what still waits is asked for. */
  async loadApprovals(): Promise<void> {
    const { approvals } = await get<Approvals>(`/api/rooms/${this.id}/approvals`).catch(() => ({ approvals: [] }));
    if (this.log) takeApprovals(this.log, approvals);
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

  notice(text: string, bad = false): void {
    this.notices.push({ id: ++this.#notices, text, at: new Date().toISOString(), bad });
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}
