// The client's words by language. A language is one file in `words/` and one line here.

import { en } from '../words/en';
import { zh } from '../words/zh';

export type Word = keyof typeof en;
export type Words = Record<Word, string>;

const languages = { en, zh } satisfies Record<string, Words>;

export type Lang = keyof typeof languages;

export function word(lang: Lang, key: Word, values: Record<string, string> = {}): string {
  return languages[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
