// Money as it is shown: in the currency of the server's prices and the reader's language.

import { money } from '../lib/numbers';
import { language } from './lang.svelte';

/** Told by the server when a session begins. */
export const currency = $state({ code: 'USD' });

export const spelled = (sum: number): string => money(sum, currency.code, language.current);
