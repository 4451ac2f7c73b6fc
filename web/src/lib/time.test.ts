import { expect, test } from 'vitest';
import { left, stamp } from './time';

test('what is left is told in minutes until it gets short, and never below nothing', () => {
  const until = '2026-11-24T10:15:00Z';
  const at = (time: string) => left(until, new Date(`2026-11-24T${time}Z`).getTime());
  expect(at('10:00:10')).toEqual({ unit: 'minutes', n: 15 });
  expect(at('10:13:40')).toEqual({ unit: 'seconds', n: 80 });
  expect(at('10:20:00')).toEqual({ unit: 'seconds', n: 0 });
});

test('days near by are named, and the year only where it is another', () => {
  const now = new Date(2026, 10, 27, 0, 30);
  const at = (...[year, month, day]: [number, number, number]) => new Date(year, month, day, 23, 5).toISOString();
  expect([at(2026, 10, 26), at(2026, 10, 27), at(2026, 10, 28), at(2026, 2, 1), at(2025, 10, 27)].map((one) => stamp(one, 'en', now))).toEqual([
    'yesterday 23:05', 'today 23:05', 'tomorrow 23:05', '1 Mar, 23:05', '27 Nov 2025, 23:05',
  ]);
  expect([at(2026, 10, 26), at(2026, 10, 27), at(2026, 2, 1), at(2025, 10, 27)].map((one) => stamp(one, 'zh', now))).toEqual([
    '昨天 23:05', '今天 23:05', '3月1日 23:05', '2025年11月27日 23:05',
  ]);
});
