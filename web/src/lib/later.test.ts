import { expect, test } from 'vitest';
import { choices, fromField, toField } from './later';

const names = (now: Date) => choices(now).map(({ name, at }) => `${name} ${toField(at)}`);

test('mornings are at nine, and Monday is the coming one', () => {
  expect(names(new Date(2026, 10, 25, 14, 20))).toEqual([
    'inHalfAnHour 2026-11-25T14:50',
    'inThreeHours 2026-11-25T17:20',
    'tomorrowMorning 2026-11-26T09:00',
    'nextMonday 2026-11-30T09:00',
  ]);
  expect(names(new Date(2026, 10, 30, 8)).at(-1)).toBe('nextMonday 2026-12-07T09:00');
  expect(names(new Date(2026, 10, 29, 8)).at(-1)).toBe('tomorrowMorning 2026-11-30T09:00');
});

test('a field gives back the time that it was given', () => {
  expect(fromField(toField(new Date(2026, 0, 2, 3, 4)))).toEqual(new Date(2026, 0, 2, 3, 4));
  expect(fromField('')).toBeUndefined();
});
