import { expect, test } from 'vitest';
import { nextOf } from './roving';

test('arrows go round, Home and End to the ends, other keys nowhere', () => {
  const go = (key: string, at: number) => nextOf(key, at, 3, 'row');
  expect([go('ArrowRight', 0), go('ArrowRight', 2), go('ArrowLeft', 0), go('Home', 2), go('End', 0)]).toEqual([1, 0, 2, 0, 2]);
  expect([go('ArrowDown', 0), go('a', 0), nextOf('ArrowDown', 0, 0, 'column')]).toEqual([null, null, null]);
});

test('from nowhere the first key enters at an end', () => {
  expect([nextOf('ArrowDown', -1, 3, 'column'), nextOf('ArrowUp', -1, 3, 'column')]).toEqual([0, 2]);
});
