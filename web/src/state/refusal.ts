// What to tell of a request that failed: the server's own words, where it had any.

import { Refused } from '../lib/api';
import { t } from './lang.svelte';

export function inWords(error: unknown): string {
  return error instanceof Refused && error.message ? error.message : t('offlineNow');
}
