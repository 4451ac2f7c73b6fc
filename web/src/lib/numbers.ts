// Numbers as people read them.

import { languageOf, localeOf as locale, type Lang } from './words';

export function count(n: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang)).format(n);
}

/** As short as an axis wants it: `1.2K`, `1.2万`. */
export function compact(n: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang), { notation: 'compact', maximumSignificantDigits: 3 }).format(n);
}

/** In a currency by its ISO 4217 code. Small sums keep what tells them from nothing. */
export function money(sum: number, currency: string, lang: Lang): string {
  const digits = sum !== 0 && Math.abs(sum) < 1 ? { maximumSignificantDigits: 3 } : {};
  return new Intl.NumberFormat(locale(lang), { style: 'currency', currency, ...digits }).format(sum);
}

/** Names behind each other, without an “and”. */
export function listed(names: string[], lang: Lang): string {
  return names.join(languageOf(lang)?.comma ?? ', ');
}

/** Milliseconds as seconds. */
export function seconds(ms: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang), ms < 1_000 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: ms < 10_000 ? 1 : 0 }).format(ms / 1000);
}
