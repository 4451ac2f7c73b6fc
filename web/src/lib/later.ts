// Times to choose from for what is to happen later, and times as a form holds them.

import type { Word } from './words';

export interface Choice {
  name: Word;
  at: Date;
}

const HOUR_MS = 3_600_000;
const MORNING = 9;

/** Some that people want most often. */
export function choices(now: Date): Choice[] {
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
  const toMonday = ((8 - now.getDay()) % 7) || 7;
  return [
    { name: 'inHalfAnHour', at: new Date(now.getTime() + HOUR_MS / 2) },
    { name: 'inThreeHours', at: new Date(now.getTime() + 3 * HOUR_MS) },
    { name: 'tomorrowMorning', at: morning(1) },
    // On a Sunday that is tomorrow.
    ...(toMonday > 1 ? [{ name: 'nextMonday' as const, at: morning(toMonday) }] : []),
  ];
}

/** As a field of date and time has it: here, to the minute. */
export function toField(at: Date): string {
  const two = (n: number) => `${n}`.padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Nothing where it is no time. */
export function fromField(value: string): Date | undefined {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
