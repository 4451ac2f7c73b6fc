// Time zones to choose from, and the hour it is there.

import { localeOf, type Lang } from './words';

/** The zones that this browser knows; the one that is chosen is always among them. */
export function timeZones(chosen: string): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return chosen && !known.includes(chosen) ? [chosen, ...known] : known;
}

/** The zone of this device. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time of day in a zone; nothing where this browser does not know the zone. */
export function clockIn(zone: string, lang: Lang, now: Date): string {
  try {
    return now.toLocaleTimeString(localeOf(lang), { hour: '2-digit', minute: '2-digit', timeZone: zone });
  } catch {
    return '';
  }
}
