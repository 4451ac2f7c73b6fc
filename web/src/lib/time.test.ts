import { expect, test } from 'vitest';
import { left } from './time';

test('what is left is told in minutes until it gets short, and never below nothing', () => {
  const until = '2026-11-24T10:15:00Z';
  const at = (time: string) => left(until, new Date(`2026-11-24T${time}Z`).getTime());
  expect(at('10:00:10')).toEqual({ unit: 'minutes', n: 15 });
  expect(at('10:13:40')).toEqual({ unit: 'seconds', n: 80 });
  expect(at('10:20:00')).toEqual({ unit: 'seconds', n: 0 });
});
