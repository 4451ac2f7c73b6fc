// What of a room is kept on the device, so that the page opens with what it has: how much, and how
// it becomes a log again. Where it is kept is `store.ts`'s matter.

import type { MessageView, RoomSummary, UserInfo } from '../protocol';
import type { Approvals } from './approvals';
import { fromPage, remember, type Item, type RoomLog } from './log';

/** So many of a room's newest items. */
export const KEPT_ITEMS_MAX = 200;
/** So many rooms, those that were open last. */
export const KEPT_ROOMS_MAX = 40;

/** Changes when what is kept has another shape: what an older page kept is let go. */
export const SHAPE = 2;

export interface KeptRoom {
  id: string;
  shape: number;
  /** The life of the server's log that it is from. */
  epoch: string;
  summary: RoomSummary;
  seq: number;
  more: boolean;
  items: Item[];
  settings: RoomLog['settings'];
  approvals: Approvals;
  earlier: number[];
  kept_at: number;
}

export interface KeptHouse {
  shape: number;
  epoch: string;
  me: UserInfo;
  users: UserInfo[];
  rooms: RoomSummary[];
}

export function toKeep(log: RoomLog, summary: RoomSummary, epoch: string, now: number): KeptRoom {
  const items = log.items.slice(-KEPT_ITEMS_MAX);
  return {
    id: summary.id, shape: SHAPE, epoch, summary, items,
    seq: log.seq, more: log.more || items.length < log.items.length,
    settings: log.settings, approvals: log.approvals, earlier: log.earlier, kept_at: now,
  };
}

/** Nothing where it is from another life or of another shape. */
export function fromKept(kept: KeptRoom | undefined, epoch: string): RoomLog | null {
  if (!kept || kept.shape !== SHAPE || kept.epoch !== epoch) return null;
  const log = fromPage([] as MessageView[], kept.more, kept.seq, kept.settings);
  remember(log, kept.items);
  log.approvals = kept.approvals;
  log.earlier = kept.earlier;
  return log;
}

/** Which rooms are let go, so that those that were open last remain. */
export function tooMany(kept: Pick<KeptRoom, 'id' | 'kept_at'>[], most = KEPT_ROOMS_MAX): string[] {
  return [...kept].sort((a, b) => b.kept_at - a.kept_at).slice(most).map(({ id }) => id);
}
