// What of a thread is unread.

import type { ThreadHit } from '../protocol';

/** A thread as the server told of it, who did not know yet how far its room has been read here. */
export function asRead(hit: ThreadHit, readUpTo: number): ThreadHit {
  const isRead = hit.unread > 0 && (hit.replies?.last_seq ?? 0) <= readUpTo;
  return isRead ? { ...hit, unread: 0 } : hit;
}
