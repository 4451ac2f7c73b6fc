import { expect, test } from 'vitest';
import { count, listed, money, seconds } from './numbers';

test('a sum too small for cents is not nothing', () => {
  const shown = [0, 0.000_412, 0.5, 12.345].map((sum) => money(sum, 'EUR', 'en'));
  expect(shown).toEqual(['€0.00', '€0.000412', '€0.5', '€12.35']);
});

test('money is written as the currency and the language are', () => {
  expect([money(5, 'USD', 'en'), money(5, 'USD', 'zh'), money(5, 'JPY', 'en'), money(5, 'CNY', 'zh')]).toEqual(['US$5.00', 'US$5.00', 'JP¥5', '¥5.00']);
});

test('counts, seconds and lists are written as the language writes them', () => {
  expect(count(1234567, 'en')).toBe('1,234,567');
  expect([seconds(23, 'en'), seconds(1234, 'en'), seconds(12_345, 'en')]).toEqual(['0.023', '1.2', '12']);
  expect([listed(['a', 'b'], 'en'), listed(['a', 'b'], 'zh')]).toEqual(['a, b', 'a、b']);
});
