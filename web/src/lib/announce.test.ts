import { expect, test } from 'vitest';
import { toAnnounce } from './announce';
import type { Item } from './log';

const said = (seq: number, from: string, text = `t${seq}`): Item => ({ kind: 'message', room: 'r', seq, at: '', id: `m${seq}`, text, from, from_kind: 'human' });

test('what others said since is read out, one’s own words are not', () => {
  expect(toAnnounce([said(1, 'bo'), said(2, 'ada'), said(3, 'bo')], 1, 'ada')).toEqual([{ from: 'bo', text: 't3' }]);
  expect(toAnnounce([said(1, 'bo')], 1, 'ada')).toEqual([]);
});

test('of many at once only the number is told', () => {
  expect(toAnnounce([2, 3, 4, 5].map((seq) => said(seq, 'bo')), 1, 'ada')).toBe(4);
});

test('a long message is cut', () => {
  expect(toAnnounce([said(2, 'bo', 'x'.repeat(5000))], 1, 'ada')).toEqual([{ from: 'bo', text: 'x'.repeat(300) }]);
});
