import { expect, test } from 'vitest';
import { isOver, line, standing, touched, untilEnd } from './polls';

const poll = { question: 'Tea?', options: ['green', 'black', 'white'] };

test('shares are of those who voted, however much each of them chose', () => {
  const votes = [
    { user: 'ada', choices: [1, 2] },
    { user: 'bo', choices: [2] },
  ];
  expect(standing({ ...poll, several: true }, votes)).toEqual([
    { number: 1, text: 'green', users: ['ada'], share: 50, leads: false },
    { number: 2, text: 'black', users: ['ada', 'bo'], share: 100, leads: true },
    { number: 3, text: 'white', users: [], share: 0, leads: false },
  ]);
});

test('nothing leads before anybody votes', () => {
  expect(standing(poll, []).some(({ leads }) => leads)).toBe(false);
});

test('one choice takes the place of another, several stand side by side', () => {
  expect(touched(poll, [1], 2)).toEqual([2]);
  const several = { ...poll, several: true };
  expect(touched(several, [1], 2)).toEqual([1, 2]);
  expect(touched(several, [1, 2], 1)).toEqual([2]);
});

test('a question and its options are lines, whatever was pasted into them', () => {
  expect(line(' Tea?\nNow? ', ['green | best', ' ', 'black'], true)).toBe('several: Tea? Now?\ngreen | best\nblack');
});

test('the line says when the poll ends as a moment, whatever clock is on the wall', () => {
  const end = new Date('2026-12-24T19:00:00+01:00');
  expect(line('Tea?', ['green', 'black'], true, end)).toBe('several: until 2026-12-24T18:00:00.000Z: Tea?\ngreen\nblack');
});

test('a poll is over at its moment and not before, and a page waits no longer than a timer can', () => {
  const ends = { ...poll, ends_at: '2026-12-24T18:00:00Z' };
  const end = Date.parse(ends.ends_at);
  expect([isOver(poll, end), isOver(ends, end - 1), isOver(ends, end)]).toEqual([false, false, true]);
  expect([untilEnd(poll, end), untilEnd(ends, end - 5), untilEnd(ends, end)]).toEqual([null, 5, null]);
  expect(untilEnd(ends, 0)).toBe(2 ** 31 - 1);
});
