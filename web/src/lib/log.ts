// One room's messages as they stand: pages of history with the live log applied on top.
//
// Events apply once and in order; whatever does not fit says so, and the room is fetched anew. The
// log itself grows in place, for it may be long; what stands in it is replaced and never changed,
// so that whoever holds a part of it sees by the part's identity that it is another one now.

import type { Approval, Called, Event, MessageView } from '../protocol';
import { isOpen, learn, settle, type Approvals } from './approvals';
import { changes, settingsOf, type RoomSetting, type RoomSettings } from './room-settings';

export interface Happening {
  kind: 'happening';
  seq: number;
  at: string;
  event: Event;
  /** Of a changed room: what became another. */
  changed: RoomSetting[];
}

/** Where an approval stands among the messages; how it stands is in `approvals`. */
export interface ApprovalItem {
  kind: 'approval';
  seq: number;
  at: string;
  number: number;
}

export type Item = ({ kind: 'message' } & MessageView) | Happening | ApprovalItem;

export interface RoomLog {
  /** The newest number that is applied. */
  seq: number;
  /** In order of their numbers. */
  items: Item[];
  /** The number under which a message stands. */
  byId: Map<string, number>;
  /** The message that was given in place of another one, by the other one's id. */
  replacing: Map<string, string>;
  /** Older messages exist on the server. */
  more: boolean;
  /** The room's settings as of a number: a change tells what is, and not what was. */
  settings: RoomSettings & { seq: number };
  approvals: Approvals;
  /** Open approvals that were asked for before what is loaded; shown behind everything else. */
  earlier: number[];
}

export type Applied = 'applied' | 'known' | 'gap';

/** `settings` may be older than the page: events between the two are still taken. */
export function fromPage(
  messages: MessageView[],
  more: boolean,
  seq: number,
  settings: RoomSettings & { seq: number },
): RoomLog {
  // What the page holds has been told, whatever number comes with it.
  const reached = Math.max(seq, messages.at(-1)?.seq ?? 0);
  const log: RoomLog = { seq: reached, more, items: [], byId: new Map(), replacing: new Map(), settings, approvals: {}, earlier: [] };
  log.items = messages.map((view) => know(log, asItem(view)));
  return log;
}

/** Puts what was kept of a log into it. */
export function remember(log: RoomLog, items: Item[]): void {
  log.items = items.map((item) => know(log, item));
}

/** Takes a message's place down. */
function know(log: RoomLog, item: Item): Item {
  if (item.kind === 'message') {
    log.byId.set(item.id, item.seq);
    if (item.replaces) log.replacing.set(item.replaces, item.id);
  }
  return item;
}

export function asItem(view: MessageView): Item {
  return { kind: 'message', ...view };
}

/** Puts an older page in front. What the log has not reached yet its own events will bring. */
export function prepend(log: RoomLog, messages: MessageView[], more: boolean): void {
  const first = log.items[0]?.seq ?? log.seq + 1;
  log.items = [...messages.filter((view) => view.seq < first).map((view) => know(log, asItem(view))), ...log.items];
  log.more = more;
  placeApprovals(log);
}

/**
 * Puts a newer page behind, which reaches up to a number; true once it meets the log of what is now,
 * which then holds all of it.
 */
export function append(past: RoomLog, messages: MessageView[], reached: number, now: RoomLog): boolean {
  const last = past.items.at(-1)?.seq ?? 0;
  const first = now.items[0]?.seq ?? 0;
  const newer = messages.filter((view) => view.seq > last && (first === 0 || view.seq < first));
  past.items = [...past.items, ...newer.map((view) => know(past, asItem(view)))];
  past.seq = reached;
  const meets = reached + 1 >= first;
  if (meets) {
    for (const item of past.items) know(now, item);
    now.items = [...past.items, ...now.items];
    now.more = past.more;
  }
  return meets;
}

/** Lets go of the oldest of a long log. */
export function shorten(log: RoomLog, most: number): void {
  if (log.items.length <= most) return;
  const kept = log.items.slice(-most);
  log.items = kept;
  log.more = true;
  log.byId.clear();
  log.replacing.clear();
  for (const item of kept) know(log, item);
}

/** The message at which a reply's thread begins knows of it; what the server has counted is not counted again. */
export function countReply(log: RoomLog, event: Event): void {
  if (event.kind !== 'message.posted' || !event.message.thread_id) return;
  const root = find(log, event.message.thread_id);
  if (!root || (root.replies?.last_seq ?? 0) >= event.seq) return;
  const replies = { count: (root.replies?.count ?? 0) + 1, last_seq: event.seq, last_at: event.at };
  log.items[position(log.items, root.seq)] = { ...root, replies };
}

const ABOUT_A_MESSAGE = ['message.edited', 'message.deleted', 'message.pinned', 'message.unpinned', 'reaction.added', 'reaction.removed', 'poll.voted', 'poll.closed', 'message.previewed'];

/** Changes what an event is about where it is there; the rest of the event belongs to another part of the room. */
export function touch(log: RoomLog, event: Event): void {
  countReply(log, event);
  if (event.kind === 'messages.expired') expire(log, event.up_to);
  if (!ABOUT_A_MESSAGE.includes(event.kind)) return;
  change(log, event);
}

/** Lets go of messages whose time is over: all up to a number that are not pinned. */
function expire(log: RoomLog, upTo: number): void {
  const gone = (item: Item) => item.kind === 'message' && item.seq <= upTo && !item.pinned_by;
  for (const item of log.items) if (item.kind === 'message' && gone(item)) log.byId.delete(item.id);
  log.items = log.items.filter((item) => !gone(item));
}

/** Takes the approvals that the server lists. */
export function takeApprovals(log: RoomLog, approvals: Approval[]): void {
  for (const approval of approvals) {
    learn(log.approvals, approval);
  }
  placeApprovals(log);
  for (const { number } of approvals) {
    const approval = log.approvals[number];
    if (approval && isOpen(approval) && !placed(log, number) && !log.earlier.includes(number)) log.earlier.push(number);
  }
  log.earlier.sort((a, b) => a - b);
}

/** Puts each card where it was asked for, as far back as messages are loaded. What the log has not reached yet its own event will bring. */
function placeApprovals(log: RoomLog): void {
  const from = log.more ? (log.items[0]?.seq ?? Infinity) : 0;
  for (const { number, seq, asked_at } of Object.values(log.approvals)) {
    if (seq === undefined || seq < from || seq > log.seq || placed(log, number)) continue;
    const at = log.items.findIndex((item) => item.seq > seq);
    log.items.splice(at < 0 ? log.items.length : at, 0, { kind: 'approval', seq, at: asked_at ?? '', number });
    log.earlier = log.earlier.filter((other) => other !== number);
  }
}

export function apply(log: RoomLog, event: Event): Applied {
  const changed = event.kind === 'room.changed' ? changeSettings(log, event) : [];
  if (event.seq <= log.seq) return 'known';
  if (event.seq > log.seq + 1) return 'gap';
  log.seq = event.seq;
  switch (event.kind) {
    case 'message.posted':
      log.items.push(know(log, asItem({ room: event.room, seq: event.seq, at: event.at, ...event.message })));
      countReply(log, event);
      break;
    case 'approval.asked': {
      const { number } = event.approval;
      learn(log.approvals, event.approval);
      log.earlier = log.earlier.filter((other) => other !== number);
      log.items.push({ kind: 'approval', seq: event.seq, at: event.at, number });
      break;
    }
    case 'approval.settled': {
      const { number } = event;
      // One that waited behind everything takes its place where it was settled.
      if (settle(log.approvals, event) && !placed(log, number)) {
        log.earlier = log.earlier.filter((other) => other !== number);
        log.items.push({ kind: 'approval', seq: event.seq, at: event.at, number });
      }
      break;
    }
    case 'messages.expired':
      expire(log, event.up_to);
      break;
    default:
      if (ABOUT_A_MESSAGE.includes(event.kind)) change(log, event);
      else log.items.push({ kind: 'happening', seq: event.seq, at: event.at, event, changed });
  }
  return 'applied';
}

export function find(log: RoomLog, id: string): ({ kind: 'message' } & MessageView) | undefined {
  const seq = log.byId.get(id);
  const item = seq === undefined ? undefined : log.items[position(log.items, seq)];
  return item?.kind === 'message' && item.id === id ? item : undefined;
}

/** Where the first item stands that has this number or a later one. */
export function position(items: Item[], seq: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether another answer was given in place of this one, and is still there. */
export function isReplaced(log: RoomLog, id: string): boolean {
  const by = log.replacing.get(id);
  const other = by === undefined ? undefined : find(log, by);
  return other !== undefined && !other.deleted;
}

function placed(log: RoomLog, number: number): boolean {
  return log.items.some((item) => item.kind === 'approval' && item.number === number);
}

function changeSettings(log: RoomLog, event: Extract<Event, { kind: 'room.changed' }>): RoomSetting[] {
  if (event.seq <= log.settings.seq) return [];
  const after = settingsOf(event);
  const changed = changes(log.settings, after);
  log.settings = { ...after, seq: event.seq };
  return changed;
}

type MessageItem = Extract<Item, { kind: 'message' }>;

/** The message as it is when it calls these and no others. */
function calling(message: MessageItem, { mentions, calls }: Called): MessageItem {
  const { mentions: _, calls: __, ...rest } = message;
  return { ...rest, ...(mentions && { mentions }), ...(calls && { calls }) };
}

function unpinned(message: MessageItem): MessageItem {
  const { pinned_by: _, ...rest } = message;
  return rest;
}

function unasked(message: MessageItem): MessageItem {
  const { poll: _, votes: __, poll_closed_by: ___, ...rest } = message;
  return rest;
}

/** Other words may lead elsewhere: what is behind their links is told anew. */
function unshown(message: MessageItem): MessageItem {
  const { previews: _, ...rest } = message;
  return rest;
}

function change(log: RoomLog, event: Event): void {
  if (!('message_id' in event)) return;
  const message = find(log, event.message_id);
  if (message) log.items[position(log.items, message.seq)] = after(message, event);
}

/** What becomes of a message. */
function after(message: MessageItem, event: Event): MessageItem {
  const reactions = message.reactions ?? [];
  switch (event.kind) {
    case 'message.edited':
      return { ...unshown(calling(message, event)), text: event.text, edited_at: event.at };
    case 'message.deleted':
      return { ...unshown(unasked(unpinned(calling(message, {})))), text: '', deleted: true, reactions: [], files: [], ...(event.removed && { removed: event.removed }) };
    case 'message.previewed':
      return event.previews.length > 0 ? { ...message, previews: event.previews } : unshown(message);
    case 'message.pinned':
      return { ...message, pinned_by: event.from };
    case 'message.unpinned':
      return unpinned(message);
    case 'poll.voted': {
      const votes = message.votes?.filter(({ user }) => user !== event.from) ?? [];
      return { ...message, votes: event.choices.length > 0 ? [...votes, { user: event.from, choices: event.choices }] : votes };
    }
    case 'poll.closed':
      return { ...message, poll_closed_by: event.from };
    case 'reaction.added': {
      if (!reactions.some(({ emoji }) => emoji === event.emoji)) {
        return { ...message, reactions: [...reactions, { emoji: event.emoji, users: [event.from] }] };
      }
      return {
        ...message,
        reactions: reactions.map((one) =>
          one.emoji === event.emoji && !one.users.includes(event.from) ? { ...one, users: [...one.users, event.from] } : one,
        ),
      };
    }
    case 'reaction.removed':
      return {
        ...message,
        reactions: reactions
          .map((one) => (one.emoji === event.emoji ? { ...one, users: one.users.filter((user) => user !== event.from) } : one))
          .filter((one) => one.users.length > 0),
      };
    default:
      return message;
  }
}
