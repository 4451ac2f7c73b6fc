// Numbers as people read them.

import type { Lang } from './words';

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB');

export function count(n: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang)).format(n);
}

/** In the currency of the price table, that has no name here. Small sums keep what tells them from nothing. */
export function money(sum: number, lang: Lang): string {
  const options = sum !== 0 && Math.abs(sum) < 1 ? { maximumSignificantDigits: 3 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(locale(lang), options).format(sum);
}

/** Names behind each other, without an “and”. */
export function listed(names: string[], lang: Lang): string {
  return names.join(lang === 'zh' ? '、' : ', ');
}

/** Milliseconds as seconds. */
export function seconds(ms: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang), ms < 1_000 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: ms < 10_000 ? 1 : 0 }).format(ms / 1000);
}
