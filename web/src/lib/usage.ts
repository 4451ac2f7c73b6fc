// What was spent, day by day and against what may be. Days are UTC, as on the server.

import type { Budget, Spending, SpentDay } from '../protocol';

export const DAYS = 31;
const DAY_MS = 86_400_000;
/** From here on one is warned. */
const NEAR = 0.8;

export interface Spent {
  tokens: number;
  /** Millionths. */
  micros: number;
}

export interface Bar extends Spent {
  day: string;
}

export interface Limit {
  what: 'tokens' | 'money';
  span: 'day' | 'month';
  spent: number;
  budget: number;
  /** How much of the budget is spent, at most 1. */
  share: number;
  level: 'fine' | 'near' | 'over';
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const tokensOf = (day: SpentDay): number => day.tokens_in + day.tokens_out;

/** One bar for each of the last days, today last; days on which nothing was spent too. */
export function bars(days: SpentDay[], now: Date): Bar[] {
  const known = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length: DAYS }, (_, at) => {
    const day = dayOf(new Date(now.getTime() - (DAYS - 1 - at) * DAY_MS));
    const spent = known.get(day);
    return { day, tokens: spent ? tokensOf(spent) : 0, micros: spent?.cost_micros ?? 0 };
  });
}

export function sum(days: SpentDay[], within: (day: string) => boolean = () => true): Spent {
  const total = { tokens: 0, micros: 0 };
  for (const day of days) {
    if (!within(day.day)) continue;
    total.tokens += tokensOf(day);
    total.micros += day.cost_micros;
  }
  return total;
}

export function today(days: SpentDay[], now: Date): Spent {
  return sum(days, (day) => day === dayOf(now));
}

export function month(days: SpentDay[], now: Date): Spent {
  return sum(days, (day) => day.startsWith(dayOf(now).slice(0, 7)));
}

/** What is limited, and how near the limit is. */
export function limits(spending: Spending, now: Date): Limit[] {
  const spent = { day: today(spending.days, now), month: month(spending.days, now) };
  const found: Limit[] = [];
  for (const what of ['tokens', 'money'] as const) {
    for (const span of ['day', 'month'] as const) {
      const budget = spending.budget[`${what}_${span}` satisfies keyof Budget];
      if (budget === undefined) continue;
      const used = what === 'tokens' ? spent[span].tokens : spent[span].micros / 1e6;
      const share = budget > 0 ? used / budget : 1;
      found.push({ what, span, spent: used, budget, share: Math.min(share, 1), level: share >= 1 ? 'over' : share >= NEAR ? 'near' : 'fine' });
    }
  }
  return found;
}
