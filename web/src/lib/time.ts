// Times as people read them.

import type { Lang } from './words';

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB');

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

/** A day and a time in short, for tables. */
export function stamp(at: string, lang: Lang): string {
  return new Date(at).toLocaleString(locale(lang), { dateStyle: 'short', timeStyle: 'short' });
}
