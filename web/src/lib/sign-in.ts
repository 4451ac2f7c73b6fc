// Ways in besides handle and password. Signing in by a provider: the page goes there, and comes back with a reason where nothing came of it.

import type { SignInRefusal } from '../protocol';
import type { Word } from './words';

const WHY: Record<SignInRefusal, Word> = {
  stale: 'refusedStale',
  denied: 'refusedDenied',
  unavailable: 'refusedUnavailable',
  untrue: 'refusedUntrue',
  not_allowed: 'refusedNotAllowed',
  nobody_new: 'refusedNobodyNew',
  no_handle: 'refusedNoHandle',
  handle_taken: 'refusedHandleTaken',
  closed: 'refusedClosed',
  unlinked: 'refusedUnlinked',
  linked_elsewhere: 'refusedLinkedElsewhere',
  signed_out: 'refusedSignedOut',
};

/** What to say of a page's address; anybody can write one, so it says one of our own sentences or none. */
export function refusalIn(search: string): Word | null {
  const why = new URLSearchParams(search).get('refused');
  if (why === null) return null;
  return Object.hasOwn(WHY, why) ? WHY[why as SignInRefusal] : 'refusedStale';
}

/** The same of this page's address, from which it goes: it is said once. */
export function takeRefusal(): Word | null {
  const found = refusalIn(location.search);
  if (found) {
    const url = new URL(location.href);
    url.searchParams.delete('refused');
    history.replaceState(history.state, '', url);
  }
  return found;
}

/** Whether a page at this host may have keys made: browsers make them for names alone. */
export const mayHavePasskeys = (host: string): boolean => !/^[\d.]+$|^\[/.test(host);

export const hasPasskeys = (): boolean => 'PublicKeyCredential' in window && mayHavePasskeys(location.hostname);
