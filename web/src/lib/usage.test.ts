import { expect, test } from 'vitest';
import type { SpentDay } from '../protocol';
import { bars, DAYS, limits, month, sum, today } from './usage';

const now = new Date('2026-11-24T23:59:00Z');
const day = (name: string, tokens: number, micros = 0): SpentDay => ({
  day: name, tokens_in: tokens - 1, tokens_out: 1, cost_micros: micros, calls: 1,
});
const days = [day('2026-10-25', 10), day('2026-11-01', 100, 500_000), day('2026-11-24', 700, 250_000)];

test('every day of the last month has a bar, today’s is the last', () => {
  const shown = bars(days, now);
  expect(shown).toHaveLength(DAYS);
  expect(shown[0]).toEqual({ day: '2026-10-25', tokens: 10, micros: 0 });
  expect(shown.at(-1)).toEqual({ day: '2026-11-24', tokens: 700, micros: 250_000 });
  expect(shown.filter((bar) => bar.tokens > 0)).toHaveLength(3);
});

test('a month is that of the calendar', () => {
  expect(today(days, now)).toEqual({ tokens: 700, micros: 250_000 });
  expect(month(days, now)).toEqual({ tokens: 800, micros: 750_000 });
  expect(sum(days).tokens).toBe(810);
});

test('one is warned from four fifths on', () => {
  const spending = { scope: 'agent', name: 'heron', days, budget: { tokens_day: 875, tokens_month: 1001, money_month: 0.5 } };
  expect(limits(spending, now)).toEqual([
    { what: 'tokens', span: 'day', spent: 700, budget: 875, share: 0.8, level: 'near' },
    { what: 'tokens', span: 'month', spent: 800, budget: 1001, share: 800 / 1001, level: 'fine' },
    { what: 'money', span: 'month', spent: 0.75, budget: 0.5, share: 1, level: 'over' },
  ]);
});

test('a budget of nothing is spent from the beginning', () => {
  expect(limits({ scope: 'room', name: 'r', days: [], budget: { tokens_day: 0 } }, now)[0]?.level).toBe('over');
});
