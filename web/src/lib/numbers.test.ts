import { expect, test } from 'vitest';
import { count, listed, money, seconds } from './numbers';

test('a sum too small for cents is not nothing', () => {
  expect([money(0, 'en'), money(0.000_412, 'en'), money(0.5, 'en'), money(12.345, 'en')]).toEqual(['0.00', '0.000412', '0.5', '12.35']);
});

test('counts, seconds and lists are written as the language writes them', () => {
  expect(count(1234567, 'en')).toBe('1,234,567');
  expect([seconds(23, 'en'), seconds(1234, 'en'), seconds(12_345, 'en')]).toEqual(['0.023', '1.2', '12']);
  expect([listed(['a', 'b'], 'en'), listed(['a', 'b'], 'zh')]).toEqual(['a, b', 'a、b']);
});
