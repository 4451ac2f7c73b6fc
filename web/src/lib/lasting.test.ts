import { expect, test } from 'vitest';
import { lasting } from './lasting';

// What a unit is called is the browser's word: its numbers are ours.
const numbers = (seconds: number, lang: 'en' | 'zh') => (lasting(seconds, lang).match(/\d+/g) ?? []).map(Number);

test('two units tell how long something lasted, and none that is nothing', () => {
  expect(numbers(0, 'en')).toEqual([0]);
  expect(numbers(59.9, 'en')).toEqual([59]);
  expect(numbers(3_600, 'en')).toEqual([1]);
  expect(numbers(93_784, 'en')).toEqual([1, 2]);
  expect(numbers(3_725, 'zh')).toEqual([1, 2]);
  expect(lasting(93_784, 'en')).toMatch(/day/);
  expect(lasting(3_725, 'zh')).toMatch(/小时.*分钟/);
});
