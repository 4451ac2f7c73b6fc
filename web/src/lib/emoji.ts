// Emoji by their names in the languages of the page and by shortcodes. The data is large and fetched
// when somebody first looks for one.

import type { Lang } from './words';

export interface Emoji {
  /** The character, or `:name:` of one that people here made. */
  char: string;
  group: number;
  /** Without colons; the first is the usual one. */
  codes: string[];
  /** In lower case, of every language, the name of each first. */
  words: string[];
  names: Record<Lang, string>;
}

/** By the numbers that the data has. */
export const GROUPS = { 0: 'emojiSmileys', 1: 'emojiPeople', 3: 'emojiNature', 4: 'emojiFood', 5: 'emojiTravel', 6: 'emojiActivities', 7: 'emojiObjects', 8: 'emojiSymbols', 9: 'emojiFlags' } as const;

let fetched: Promise<Emoji[]> | undefined;

export function fetchEmoji(): Promise<Emoji[]> {
  fetched ??= import('virtual:emoji').then(
    ({ langs, rows }) =>
      rows.map(([char, group, codes, ...texts]) => ({
        char,
        group,
        codes: codes.split(' '),
        words: texts.flatMap((text) => text.toLowerCase().split('\n')),
        names: Object.fromEntries(langs.map((lang, at) => [lang, texts[at]?.split('\n')[0] ?? ''])),
      })),
    (error: unknown) => {
      fetched = undefined;
      throw error;
    },
  );
  return fetched;
}

/** How well it fits: 0 is best. */
function distance({ codes, words }: Emoji, typed: string): number {
  if (codes.includes(typed)) return 0;
  if (words.includes(typed)) return 1;
  if (codes.some((code) => code.startsWith(typed))) return 2;
  if (words.some((word) => word.startsWith(typed))) return 3;
  if (codes.some((code) => code.includes(typed))) return 4;
  if (words.some((word) => word.includes(typed))) return 5;
  return Infinity;
}

/** Those that fit what was typed, the nearest first, otherwise in their usual order. */
export function findEmoji(all: Emoji[], typed: string, max = Infinity): Emoji[] {
  const folded = typed.trim().toLowerCase();
  const found = all.map((emoji) => ({ emoji, far: distance(emoji, folded) })).filter(({ far }) => far < Infinity);
  return found.sort((a, b) => a.far - b.far).slice(0, max).map(({ emoji }) => emoji);
}

/** The shortcode that is being typed where the caret stands. Behind other words a colon is a colon. */
export function codeBefore(before: string): string | null {
  const [, typed] = /(?:^|\s):([\p{L}\p{N}_+-]+)$/u.exec(before) ?? [];
  if (!typed) return null;
  // Two letters; one where it is a whole word already.
  return [...typed].length >= 2 || /\p{Script=Han}/u.test(typed) ? typed : null;
}

/** `:tada:` that was just closed, as the emoji of that name. */
export function closedCode(before: string, all: Emoji[]): { from: number; char: string } | null {
  const match = /(?:^|\s):([\p{L}\p{N}_+-]+):$/u.exec(before);
  const emoji = match && all.find(({ codes }) => codes.includes(match[1]!.toLowerCase()));
  return emoji ? { from: before.length - match[1]!.length - 2, char: emoji.char } : null;
}

const RECENT = 'salon.emoji';
const RECENT_MAX = 18;

export function recentEmoji(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}

export function usedEmoji(char: string): void {
  localStorage.setItem(RECENT, JSON.stringify([char, ...recentEmoji().filter((one) => one !== char)].slice(0, RECENT_MAX)));
}
