import { expect, test } from 'vitest';
import { Heights, spanOf } from './window';

const filled = (heights: number[]) => {
  const list = new Heights(50);
  list.reset(heights.length, (at) => heights[at]);
  return list;
};

test('rows stand one below the other, guessed until they are measured', () => {
  const list = new Heights(50);
  list.reset(4, (at) => (at === 1 ? 20 : undefined));
  expect([0, 1, 2, 3, 4].map((at) => list.before(at))).toEqual([0, 50, 70, 120, 170]);
  expect(list.set(2, 80)).toBe(30);
  expect(list.total).toBe(200);
  expect(list.set(2, 80)).toBe(0);
  expect(list.set(9, 80)).toBe(0);
});

test('the row at a height is found, at its edges and beyond the ends', () => {
  const list = filled([10, 20, 30, 40, 50]);
  expect([0, 9, 10, 29, 30, 59, 60, 99, 100, 149, 150, 9_999].map((y) => list.at(y))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4]);
  expect(new Heights(50).at(10)).toBe(0);
});

test('it grows at the end as if it had been made so, whatever its length', () => {
  const heights = Array.from({ length: 1_500 }, (_, at) => 20 + ((at * 37) % 90));
  const whole = filled(heights);
  const grown = new Heights(50);
  grown.reset(3, (at) => heights[at]);
  for (let count = 4; count <= heights.length; count += count % 7 === 0 ? 5 : 1) grown.grow(count, (at) => heights[at]);
  grown.grow(heights.length, (at) => heights[at]);
  expect(grown.count).toBe(1_500);
  for (const at of [0, 1, 2, 3, 64, 255, 256, 257, 700, 1_023, 1_024, 1_499, 1_500]) expect(grown.before(at)).toBe(whole.before(at));
  expect(grown.set(1_200, 500)).toBe(500 - heights[1_200]!);
  expect(grown.before(1_201) - grown.before(1_200)).toBe(500);
});

test('what is drawn is what is seen and a little around it', () => {
  const list = filled(Array(100).fill(10));
  expect(spanOf(list, 0, 100, 0)).toEqual({ from: 0, to: 11 });
  expect(spanOf(list, 500, 100, 50)).toEqual({ from: 45, to: 66 });
  expect(spanOf(list, 5_000, 100, 50)).toEqual({ from: 99, to: 100 });
  expect(spanOf(filled([]), 0, 100, 50)).toEqual({ from: 0, to: 0 });
});

test('a hundred thousand rows are asked and changed in no time', () => {
  const list = new Heights(60);
  list.reset(100_000, () => undefined);
  let steps = 0;
  for (let at = 0; at < 100_000; at += 10) steps += list.set(at, 61) + list.at(list.before(at));
  expect(steps).toBeGreaterThan(0);
  expect(list.total).toBe(100_000 * 60 + 10_000);
});
