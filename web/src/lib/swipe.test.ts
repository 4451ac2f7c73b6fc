import { expect, test } from 'vitest';
import { direction } from './swipe';

test('only a long way that is clearly sideways is a swipe', () => {
  expect(direction(80, 10)).toBe('right');
  expect(direction(-80, 10)).toBe('left');
  expect(direction(40, 0)).toBe(null);
  expect(direction(80, 70)).toBe(null);
  expect(direction(0, 200)).toBe(null);
});
