// Whether a message is told of, and whether now is a time for it: the same rules as the server's
// (`chat/src/notify.rs`, `chat/src/quiet.rs`), which decides of what it sends to push services.

import type { Event, Notifying, RoomSummary, UserInfo } from '../protocol';
import { plain } from './plain';
import { callsOne, isMuted, levelOf } from './standing';

const TEXT_MAX = 240;
const SPOILER = /\|\|[\s\S]+?\|\|/g;

/** Whether an event is told to somebody; `follows` where it is in a thread that they follow. */
export function rings(summary: RoomSummary, event: Event, me: Pick<UserInfo, 'handle' | 'presence'>, follows: boolean, now = Date.now()): boolean {
  if (event.kind !== 'message.posted' || event.from === me.handle) return false;
  const level = levelOf(summary);
  if (isMuted(summary, now) || level === 'nothing') return false;
  const { mentions, calls } = event.message;
  // Who is away is not here.
  const many = calls === 'here' && me.presence === 'away' ? undefined : calls;
  return follows || level === 'everything' || callsOne({ mentions, calls: many }, me.handle);
}

/** Whether nothing is told at this moment, by the clocks of the place that was named. */
export function isQuietNow({ quiet_until, quiet_hours }: Notifying, now = new Date()): boolean {
  if (quiet_until && new Date(quiet_until) > now) return true;
  if (!quiet_hours) return false;
  const { from, to, time_zone } = quiet_hours;
  let clock: string;
  try {
    clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: time_zone }).format(now);
  } catch {
    return false;
  }
  const minute = toMinute(clock);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** `22:30` as a minute of the day, and back. */
export const toMinute = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
export const toClock = (minute: number): string => [Math.floor(minute / 60), minute % 60].map((part) => `${part}`.padStart(2, '0')).join(':');

/** What of a message is shown outside the page: nothing that was hidden on purpose. */
export function excerpt(text: string): string {
  const shown = plain(text.replace(SPOILER, '▒▒▒')).trim();
  return shown.length > TEXT_MAX ? `${shown.slice(0, TEXT_MAX - 1)}…` : shown;
}
