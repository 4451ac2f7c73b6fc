// What is unread in a room, and of what of it one is told. The server counts; between two of its
// counts every event adds what it brings.

import type { Called, Event, NotificationLevel, RoomStanding, RoomSummary, UserInfo } from '../protocol';

/** The server counts no further; a badge says “99+”. */
export const COUNTED_MAX = 100;

/** A number of what waits, as it is shown. */
export const told = (count: number): string => (count >= COUNTED_MAX ? `${COUNTED_MAX - 1}+` : `${count}`);

/** Whether a message calls whoever has this handle and is here. */
export function callsOne(called: { mentions?: string[] | undefined; calls?: Called['calls'] | undefined }, me: string): boolean {
  const folded = me.toLowerCase();
  return called.calls !== undefined || (called.mentions ?? []).some((handle) => handle.toLowerCase() === folded);
}

type Me = Pick<UserInfo, 'handle' | 'presence'>;

/** Takes a message that came; what the server has counted already, and one's own, add nothing. */
export function count(summary: RoomSummary, event: Event, counted: number, me: Me): void {
  if (event.kind !== 'message.posted' || event.from === me.handle) return;
  if (event.seq <= Math.max(counted, summary.read_seq)) return;
  summary.unread = Math.min(summary.unread + 1, COUNTED_MAX);
  const { mentions, calls } = event.message;
  // Who is away is not here.
  const many = calls === 'here' && me.presence === 'away' ? undefined : calls;
  if (callsOne({ mentions, calls: many }, me.handle)) summary.mentions = Math.min((summary.mentions ?? 0) + 1, COUNTED_MAX);
}

/** Whether an event may change what was counted before it, so that only the server knows. */
export function unsettles(summary: RoomSummary, event: Event): boolean {
  return summary.unread > 0 && (event.kind === 'message.deleted' || event.kind === 'message.edited');
}

export function stand(summary: RoomSummary, now: RoomStanding): void {
  summary.read_seq = now.read_seq;
  summary.unread = now.unread;
  summary.mentions = now.mentions;
  if (now.level) summary.level = now.level;
  else delete summary.level;
  if (now.muted_until) summary.muted_until = now.muted_until;
  else delete summary.muted_until;
}

/** The level that holds: a room of two tells everything, another one mentions. */
export function levelOf(summary: RoomSummary): NotificationLevel {
  return summary.level ?? (summary.kind === 'direct' ? 'everything' : 'mentions');
}

export function isMuted(summary: RoomSummary, now = Date.now()): boolean {
  return summary.muted_until !== undefined && new Date(summary.muted_until).getTime() > now;
}

/** Nothing of it rings, and nothing of it is bold. */
export function isQuiet(summary: RoomSummary, now = Date.now()): boolean {
  return isMuted(summary, now) || levelOf(summary) === 'nothing';
}

/** Nine in the morning of the next day. */
export function tomorrow(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9);
}
