import { expect, test } from 'vitest';
import { closedCode, codeBefore, fetchEmoji, findEmoji } from './emoji';

const all = await fetchEmoji();
const found = (typed: string, max = 3) => findEmoji(all, typed, max).map(({ char }) => char);

test('emoji are found by shortcode, and by their words in English and Chinese', () => {
  expect(found('tada', 1)).toEqual(['🎉']);
  expect(found('thumbsup', 1)[0]).toContain('👍');
  expect(found('party')).toContain('🥳');
  expect(found('茶')).toContain('🍵');
  expect(found('思考')).toContain('🤔');
  expect(found('nothing has this name')).toEqual([]);
});

test('every emoji has a shortcode and a name in both languages, and no two share a character', () => {
  expect(all.length).toBeGreaterThan(1_800);
  expect(all.filter(({ codes, names }) => !codes[0] || !names['en'] || !names['zh'])).toEqual([]);
  expect(new Set(all.map(({ char }) => char)).size).toBe(all.length);
});

test('a shortcode begins a word: times, addresses and what somebody says are none', () => {
  expect([':ta', 'see :tada', ':茶', '👍 :+1'].map(codeBefore)).toEqual(['ta', 'tada', '茶', '+1']);
  expect(['10:30', 'https://a', '他说:好', ':t', ': ta', 'a::b'].map(codeBefore)).toEqual([null, null, null, null, null, null]);
});

test('closing a shortcode makes the emoji, and an unknown one stays as it was typed', () => {
  expect(closedCode('well done :tada:', all)).toEqual({ from: 10, char: '🎉' });
  expect(closedCode('std:vec:', all)).toBeNull();
  expect(closedCode(':no_such_emoji:', all)).toBeNull();
});
