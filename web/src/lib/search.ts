// What can be typed into a search besides words: operators, and what may stand behind each.

import type { Lang } from './words';

/** What is offered for the part of a search that is being typed. */
export interface Hint {
  /** The whole search once it is taken. */
  becomes: string;
  label: string;
  /** What it means, or whose it is. */
  detail?: string;
}

export interface Known {
  people: { handle: string; name: string }[];
  rooms: string[];
}

type Name = 'from' | 'in' | 'before' | 'after' | 'has';

const HINTS_MAX = 6;

const NAMES: Record<Lang, Record<Name, string>> = {
  en: { from: 'from:', in: 'in:', before: 'before:', after: 'after:', has: 'has:' },
  zh: { from: '来自:', in: '在:', before: '之前:', after: '之后:', has: '包含:' },
};

const VALUES: Record<Lang, Record<'days' | 'has', string[]>> = {
  en: { days: ['today', 'yesterday', '7d', '1m'], has: ['file', 'image', 'link', 'code'] },
  zh: { days: ['今天', '昨天', '7天', '1个月'], has: ['文件', '图片', '链接', '代码'] },
};

/** Both languages' names are understood whatever the page's language. */
const WRITTEN = new Map<string, Name>(
  Object.values(NAMES).flatMap((names) => Object.entries(names).map(([name, written]) => [written.slice(0, -1), name as Name] as const)),
);

/** Operators while none is being typed, otherwise what may stand behind the one that is. */
export function hints(typed: string, known: Known, lang: Lang): Hint[] {
  const start = /\S*$/u.exec(typed)?.index ?? 0;
  const [before, part] = [typed.slice(0, start), typed.slice(start)];
  const match = /^([^:：]+)[:：](.*)$/u.exec(part);
  const name = match && WRITTEN.get(match[1]!.toLowerCase());
  if (!name) {
    const begun = Object.values(NAMES[lang]).filter((written) => written.startsWith(part.toLowerCase()));
    return begun.map((written) => ({ becomes: `${before}${written}`, label: written }));
  }
  const begun = match[2]!.toLowerCase();
  const take = (value: string) => `${before}${part.slice(0, part.length - match[2]!.length)}${value} `;
  if (name === 'from') {
    const people = known.people.filter(({ handle, name }) => handle.toLowerCase().startsWith(begun.replace(/^@/, '')) || name.toLowerCase().startsWith(begun));
    return people.slice(0, HINTS_MAX).map(({ handle, name }) => ({ becomes: take(handle), label: `@${handle}`, detail: name === handle ? undefined : name }));
  }
  const values = { in: known.rooms, has: VALUES[lang].has, before: VALUES[lang].days, after: VALUES[lang].days }[name];
  const fit = values.filter((value) => value.toLowerCase().startsWith(begun.replace(/^#/, '')));
  return fit.slice(0, HINTS_MAX).map((value) => ({ becomes: take(value), label: name === 'in' && !value.startsWith('@') ? `#${value}` : value }));
}

/** Whether anything is asked for yet: an operator without a value is still being typed. */
export function isAsked(typed: string): boolean {
  const parts = typed.trim().split(/\s+/u).filter(Boolean);
  return parts.some((part) => !WRITTEN.has(part.replace(/[:：]$/u, '').toLowerCase()) || !/[:：]$/u.test(part));
}
