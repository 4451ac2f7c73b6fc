// What agents asked to be allowed, by its number in the room, however it was learned of: by an
// event, or by asking for the list.

import type { Approval, ApprovalState, EventBody } from '../protocol';

export type Approvals = Record<number, Approval>;

type Settled = Extract<EventBody, { kind: 'approval.settled' }>;

/** How far each state is from the beginning; a later one is never taken back. */
const STEP: Record<ApprovalState, number> = { waiting: 0, approved: 1, done: 2, failed: 2, denied: 2, expired: 2 };

export const isOpen = (approval: Approval): boolean => STEP[approval.state] < 2;

/** How one stands at a time: the server's word may come a moment after the time is up. */
export function standing(approval: Approval, now: number): ApprovalState {
  const isOver = new Date(approval.expires_at).getTime() <= now;
  return approval.state === 'waiting' && isOver ? 'expired' : approval.state;
}

/** Takes what is told of an approval unless more is known. */
export function learn(known: Approvals, told: Approval): void {
  const before = known[told.number];
  if (!before || STEP[told.state] >= STEP[before.state]) known[told.number] = told;
}

/** Takes how one stands now; false where it was never heard of. */
export function settle(known: Approvals, event: Settled): boolean {
  const approval = known[event.number];
  if (!approval) return false;
  if (STEP[event.state] < STEP[approval.state]) return true;
  const settled = { ...approval, state: event.state };
  // What came of it is told by the agent, and no word of who had allowed it.
  if (event.by) settled.by = event.by;
  if (event.result) settled.result = event.result;
  known[event.number] = settled;
  return true;
}

/** Whoever asked the agent decides, and moderators of the room. The server has the last word. */
export function mayDecide(approval: Approval, me: { handle: string }, moderates: boolean): boolean {
  return approval.asker === me.handle || moderates;
}
