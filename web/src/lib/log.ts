// One room's messages as they stand: pages of history with the live log applied on top.
//
// Events apply once and in order; whatever does not fit says so, and the room is fetched anew.

import type { Event, MessageView } from '../protocol';

export interface Happening {
  kind: 'happening';
  seq: number;
  at: string;
  event: Event;
}

export type Item = ({ kind: 'message' } & MessageView) | Happening;

export interface RoomLog {
  /** The newest number that is applied. */
  seq: number;
  /** In order of their numbers. */
  items: Item[];
  /** Older messages exist on the server. */
  more: boolean;
}

export type Applied = 'applied' | 'known' | 'gap';

export function fromPage(messages: MessageView[], more: boolean, seq: number): RoomLog {
  return { seq, more, items: messages.map(asItem) };
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

export function apply(log: RoomLog, event: Event): Applied {
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
      });
      break;
    case 'message.deleted':
      change(log, event.message_id, (message) => {
        message.text = '';
        message.deleted = true;
        message.reactions = [];
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
    default:
      log.items.push({ kind: 'happening', seq: event.seq, at: event.at, event });
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

function change(log: RoomLog, id: string, how: (message: MessageView) => void): void {
  const message = find(log, id);
  if (message) how(message);
}
