import { expect, test } from 'vitest';
import { Batch } from './batch';

test('the first is taken at once, those in its wake together and in order', () => {
  const taken: number[] = [];
  const frames: (() => void)[] = [];
  const batch = new Batch<number>((one) => taken.push(one), (run) => frames.push(run));
  for (const one of [1, 2, 3]) batch.add(one);
  expect(taken).toEqual([1]);
  frames.shift()?.();
  expect(taken).toEqual([1, 2, 3]);
  batch.add(4);
  frames.shift()?.();
  frames.shift()?.();
  expect(taken).toEqual([1, 2, 3, 4]);
  batch.add(5);
  expect(taken).toEqual([1, 2, 3, 4, 5]);
});
