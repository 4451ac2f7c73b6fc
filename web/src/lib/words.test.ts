import { expect, test } from 'vitest';
import { count, listed, money } from './numbers';
import { hints } from './search';
import { day, stamp } from './time';
import { byName, LANGS, languageOf, nameOf, speaks, word, type Language, type Text, type Word } from './words';

const english = languageOf('en')!;
const KEYS = Object.keys(english.words).sort();
const texts = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));
const values = (text: Text): string[] => [...new Set(texts(text).flatMap((one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)))].filter((name) => name !== 'n').sort();

test.each(LANGS)('%s has every word, none too many, none empty, and puts the same values in', (lang) => {
  const { words } = languageOf(lang)!;
  expect(Object.keys(words).sort()).toEqual(KEYS);
  for (const key of KEYS as Word[]) {
    expect(texts(words[key]).every((one) => one.trim() !== ''), key).toBe(true);
    expect(values(words[key]), key).toEqual(values(english.words[key]));
    expect(texts(words[key]).some((one) => one.includes('{n}')), key).toBe(texts(english.words[key]).some((one) => one.includes('{n}')));
  }
});

test('where a number changes the words, each kind of number of the language has its own', () => {
  for (const lang of LANGS) {
    const kinds = new Intl.PluralRules(languageOf(lang)!.locale).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(languageOf(lang)!.words)) {
      if (typeof text !== 'string') expect(Object.keys(text).sort(), `${lang} ${key}`).toEqual([...kinds].sort());
    }
  }
  // Of one thing English does not speak as of many.
  expect(Object.entries(english.words).filter(([, text]) => typeof text === 'string' && /\{n\} (?:were|are|[a-z]+s)\b/.test(text))).toEqual([]);
  expect(['1', '2', '1,204', '99+'].map((n) => word('en', 'newAbove', { n }))).toEqual(['1 new message above', '2 new messages above', '1,204 new messages above', '99+ new messages above']);
  expect(word('zh', 'newAbove', { n: '1' })).toBe('上方有 1 条新消息');
});

test('one more language needs its file alone: words, plurals, dates, money, order and search follow', () => {
  // As if somebody had written `words/pl.ts`: every word bracketed, four kinds of number.
  const words = Object.fromEntries(
    Object.entries(english.words).map(([key, text]) => [key, typeof text === 'string' ? `⟦${text}⟧` : { one: `⟦one ${text.one}⟧`, few: `⟦few ${text.other}⟧`, many: `⟦many ${text.other}⟧`, other: `⟦${text.other}⟧` }]),
  ) as Language['words'];
  const polish: Language = { ...english, locale: 'pl-PL', words, comma: '; ', search: { ...english.search, names: { ...english.search.names, from: 'od:' } } };
  speaks('pl', polish);
  expect(nameOf('pl')).toBe('Polski');
  expect(word('pl', 'send')).toBe('⟦Send⟧');
  expect(['1', '3', '5'].map((n) => word('pl', 'newAbove', { n }))).toEqual(['⟦one 1 new message above⟧', '⟦few 3 new messages above⟧', '⟦many 5 new messages above⟧']);
  expect(count(1_234_567, 'pl').replace(/\s/g, ' ')).toBe('1 234 567');
  expect(money(5, 'PLN', 'pl')).toMatch(/5,00.zł/);
  expect(listed(['a', 'b'], 'pl')).toBe('a; b');
  const now = new Date(2026, 10, 27, 12, 0);
  expect(stamp(new Date(2026, 10, 27, 9, 30).toISOString(), 'pl', now)).toBe('dzisiaj 09:30');
  expect(day(new Date(2026, 2, 1).toISOString(), 'pl', now)).toBe('niedziela, 1 marca 2026');
  expect(['zebra', 'łódź', 'lama', 'b10', 'b9'].sort(byName('pl'))).toEqual(['b9', 'b10', 'lama', 'łódź', 'zebra']);
  expect(hints('o', { people: [], rooms: [] }, 'pl').map(({ label }) => label)).toEqual(['od:']);
});
