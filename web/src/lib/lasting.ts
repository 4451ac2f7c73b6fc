// How long something has lasted, in the two units that tell.

import { localeOf, type Lang } from './words';

const UNITS: [string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** 93 784 seconds are “1 day 2 hr” in English. */
export function lasting(seconds: number, lang: Lang): string {
  let left = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => left >= size);
  const shown = UNITS.slice(first < 0 ? UNITS.length - 1 : first).slice(0, 2);
  const parts: string[] = [];
  for (const [unit, size] of shown) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n > 0 || parts.length === 0) parts.push(new Intl.NumberFormat(localeOf(lang), { style: 'unit', unit, unitDisplay: 'short' }).format(n));
  }
  return parts.join(' ');
}
