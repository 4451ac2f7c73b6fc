// The client's words by language. A language is one file in `words/`, found by its name, which is its
// tag: `fr.ts` is all that French needs. Only the language of the page is fetched.

import type { en } from '../words/en';

export type Word = keyof typeof en;

/** One text, or one for each number of things that the language tells apart, chosen by the value `n`. */
export type Text = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Words = Record<Word, Text>;

/** What a language's file gives by default. */
export interface Language {
  /** For dates, numbers and sorting. */
  locale: string;
  /** The nearest of the languages in which the server speaks. */
  server: 'en' | 'zh';
  words: Words;
  /** Between things that are listed without an “and”. */
  comma: string;
  /** How a search is narrowed: `lib/search.ts`. The server understands the words of its own languages. */
  search: {
    names: Record<'from' | 'in' | 'before' | 'after' | 'has', string>;
    days: string[];
    has: string[];
  };
}

/** A language's tag. */
export type Lang = string;

const files = import.meta.glob<{ default: Language }>('../words/*.ts');
const tagOf = (path: string) => /([\w-]+)\.ts$/.exec(path)?.[1] ?? '';
const fetched = new Map<Lang, Language>();

export const LANGS: Lang[] = Object.keys(files).map(tagOf).sort();

/** As its speakers call it. */
export const nameOf = (lang: Lang): string => {
  const name = new Intl.DisplayNames([lang], { type: 'language' }).of(lang) ?? lang;
  return name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
};

export async function fetchLanguage(lang: Lang): Promise<void> {
  if (fetched.has(lang)) return;
  const load = Object.entries(files).find(([path]) => tagOf(path) === lang)?.[1];
  if (load) speaks(lang, (await load()).default);
}

export function speaks(lang: Lang, language: Language): void {
  fetched.set(lang, language);
}

/** Nothing of a language that was not fetched: whoever asks has chosen it before. */
export const languageOf = (lang: Lang): Language | undefined => fetched.get(lang);

export const localeOf = (lang: Lang): string => fetched.get(lang)?.locale ?? lang;

export function word(lang: Lang, key: Word, values: Record<string, string> = {}): string {
  const text = fetched.get(lang)?.words[key];
  if (text === undefined) return key;
  const one = typeof text === 'string' ? text : (text[new Intl.PluralRules(localeOf(lang)).select(numberOf(values['n']))] ?? text.other);
  return one.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Numbers come as they are written: `1,204` is many, whatever the comma means. */
const numberOf = (n: string | undefined): number => Number((n ?? '').replace(/[^\d]/gu, '') || '0');

const collators = new Map<Lang, Intl.Collator>();

/** The order of names in a language, with `a2` before `a10`. */
export function byName(lang: Lang): (a: string, b: string) => number {
  let collator = collators.get(lang);
  if (!collator) collators.set(lang, (collator = new Intl.Collator(localeOf(lang), { numeric: true })));
  return collator.compare;
}
