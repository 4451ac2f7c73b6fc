// What can be typed into a search besides words: operators, and what may stand behind each.

import { languageOf, type Lang, type Language } from './words';

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

type Name = keyof Language['search']['names'];

const HINTS_MAX = 6;

/** What the server understands in each of its languages, whatever that of the page. */
const WRITTEN = new Map<string, Name>([
  ['from', 'from'], ['in', 'in'], ['before', 'before'], ['after', 'after'], ['has', 'has'],
  ['来自', 'from'], ['在', 'in'], ['之前', 'before'], ['之后', 'after'], ['包含', 'has'],
]);

/** Operators while none is being typed, otherwise what may stand behind the one that is. */
export function hints(typed: string, known: Known, lang: Lang): Hint[] {
  const narrow = languageOf(lang)?.search;
  const start = /\S*$/u.exec(typed)?.index ?? 0;
  const [before, part] = [typed.slice(0, start), typed.slice(start)];
  const match = /^([^:：]+)[:：](.*)$/u.exec(part);
  const name = match && WRITTEN.get(match[1]!.toLowerCase());
  if (!name) {
    const begun = Object.values(narrow?.names ?? {}).filter((written) => written.startsWith(part.toLowerCase()));
    return begun.map((written) => ({ becomes: `${before}${written}`, label: written }));
  }
  const begun = match[2]!.toLowerCase();
  const take = (value: string) => `${before}${part.slice(0, part.length - match[2]!.length)}${value} `;
  if (name === 'from') {
    const people = known.people.filter(({ handle, name }) => handle.toLowerCase().startsWith(begun.replace(/^@/, '')) || name.toLowerCase().startsWith(begun));
    return people.slice(0, HINTS_MAX).map(({ handle, name }) => ({ becomes: take(handle), label: `@${handle}`, detail: name === handle ? undefined : name }));
  }
  const values = { in: known.rooms, has: narrow?.has ?? [], before: narrow?.days ?? [], after: narrow?.days ?? [] }[name];
  const fit = values.filter((value) => value.toLowerCase().startsWith(begun.replace(/^#/, '')));
  return fit.slice(0, HINTS_MAX).map((value) => ({ becomes: take(value), label: name === 'in' && !value.startsWith('@') ? `#${value}` : value }));
}

/** Whether anything is asked for yet: an operator without a value is still being typed. */
export function isAsked(typed: string): boolean {
  const parts = typed.trim().split(/\s+/u).filter(Boolean);
  return parts.some((part) => !WRITTEN.has(part.replace(/[:：]$/u, '').toLowerCase()) || !/[:：]$/u.test(part));
}
