// One room's messages as they stand: pages of history with the live log applied on top.
//
// Events apply once and in order; whatever does not fit says so, and the room is fetched anew.

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
  return { seq, more, items: messages.map(asItem), settings, approvals: {}, earlier: [] };
}

export function asItem(view: MessageView): Item {
  return { kind: 'message', ...view };
}

/** Puts an older page in front. */
export function prepend(log: RoomLog, messages: MessageView[], more: boolean): void {
  const first = log.items[0]?.seq ?? Infinity;
  log.items.unshift(...messages.filter((view) => view.seq < first).map(asItem));
  log.more = more;
}

/** Takes the approvals that the server lists. */
export function takeApprovals(log: RoomLog, approvals: Approval[]): void {
  for (const approval of approvals) {
    learn(log.approvals, approval);
    const { number } = approval;
    const open = isOpen(log.approvals[number] ?? approval);
    if (open && !placed(log, number) && !log.earlier.includes(number)) log.earlier.push(number);
  }
  log.earlier.sort((a, b) => a - b);
}

export function apply(log: RoomLog, event: Event): Applied {
  const changed = event.kind === 'room.changed' ? changeSettings(log, event) : [];
  if (event.seq <= log.seq) return 'known';
  if (event.seq > log.seq + 1) return 'gap';
  log.seq = event.seq;
  switch (event.kind) {
    case 'message.posted':
      log.items.push(asItem({ room: event.room, seq: event.seq, at: event.at, ...event.message }));
      break;
    case 'message.edited':
      change(log, event.message_id, (message) => {
        message.text = event.text;
        message.edited_at = event.at;
        call(message, event);
      });
      break;
    case 'message.deleted':
      change(log, event.message_id, (message) => {
        message.text = '';
        message.deleted = true;
        message.reactions = [];
        call(message, {});
      });
      break;
    case 'reaction.added':
      change(log, event.message_id, (message) => {
        message.reactions ??= [];
        // Read back: what is watched is the message's own list, not the one just given to it.
        const { reactions } = message;
        const same = reactions.find((reaction) => reaction.emoji === event.emoji);
        if (!same) reactions.push({ emoji: event.emoji, users: [event.from] });
        else if (!same.users.includes(event.from)) same.users.push(event.from);
      });
      break;
    case 'reaction.removed':
      change(log, event.message_id, (message) => {
        message.reactions = (message.reactions ?? [])
          .map((reaction) =>
            reaction.emoji === event.emoji
              ? { ...reaction, users: reaction.users.filter((user) => user !== event.from) }
              : reaction,
          )
          .filter((reaction) => reaction.users.length > 0);
      });
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
    default:
      log.items.push({ kind: 'happening', seq: event.seq, at: event.at, event, changed });
  }
  return 'applied';
}

export function find(log: RoomLog, id: string): ({ kind: 'message' } & MessageView) | undefined {
  for (let at = log.items.length - 1; at >= 0; at--) {
    const item = log.items[at];
    if (item?.kind === 'message' && item.id === id) return item;
  }
  return undefined;
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

/** Whom a message calls now. */
function call(message: MessageView, { mentions, calls }: Called): void {
  if (mentions) message.mentions = mentions;
  else delete message.mentions;
  if (calls) message.calls = calls;
  else delete message.calls;
}

function change(log: RoomLog, id: string, how: (message: MessageView) => void): void {
  const message = find(log, id);
  if (message) how(message);
}
