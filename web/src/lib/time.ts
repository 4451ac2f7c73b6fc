// Times as people read them.

import { localeOf as locale, type Lang } from './words';

export function clock(at: string, lang: Lang): string {
  return new Date(at).toLocaleTimeString(locale(lang), { hour: '2-digit', minute: '2-digit' });
}

export function full(at: string, lang: Lang): string {
  return new Date(at).toLocaleString(locale(lang), { dateStyle: 'full', timeStyle: 'medium' });
}

/** The day of a time, as a key and as a heading. */
export function dayKey(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function day(at: string, lang: Lang, now = new Date()): 'today' | 'yesterday' | string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayKey(at) === dayKey(now.toISOString())) return 'today';
  if (dayKey(at) === dayKey(yesterday.toISOString())) return 'yesterday';
  return new Date(at).toLocaleDateString(locale(lang), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

/** How long something still lasts, in the unit that tells. */
export function left(until: string, now: number): { unit: 'minutes' | 'seconds'; n: number } {
  const seconds = Math.max(0, Math.ceil((new Date(until).getTime() - now) / 1000));
  return seconds > 90 ? { unit: 'minutes', n: Math.round(seconds / 60) } : { unit: 'seconds', n: seconds };
}

const DAY_MS = 86_400_000;

/** A day of UTC in short: `28 Nov`. `at`: milliseconds. */
export function shortDay(at: number, lang: Lang): string {
  return new Date(at).toLocaleDateString(locale(lang), { timeZone: 'UTC', day: 'numeric', month: 'short' });
}

/** A day and a time in short: days near by as one says them, the year where it is another. */
export function stamp(at: string, lang: Lang, now = new Date()): string {
  const date = new Date(at);
  const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  // A day of 23 or 25 hours is one day too.
  const away = Math.round((midnight(date) - midnight(now)) / DAY_MS);
  if (Math.abs(away) <= 1) return `${new Intl.RelativeTimeFormat(locale(lang), { numeric: 'auto' }).format(away, 'day')} ${clock(at, lang)}`;
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return date.toLocaleString(locale(lang), { ...year, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}
