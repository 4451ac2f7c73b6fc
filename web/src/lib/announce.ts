// What a screen reader is told of a room: what was said, in whole messages and never in pieces,
// and of many at once only how many.

import { plain } from './plain';
import type { Item } from './log';

/** So many are read out; of more, only the number is. */
export const READ_OUT_MAX = 3;
const TEXT_MAX = 300;

export interface Announcement {
  from: string;
  text: string;
}

/** What was said by others since a number, or only how much where it is too much to listen to. */
export function toAnnounce(items: Item[], after: number, me: string): Announcement[] | number {
  const said: Announcement[] = [];
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if (!item || item.seq <= after) break;
    if (item.kind === 'message' && item.from !== me && !item.deleted) said.unshift({ from: item.from, text: plain(item.text).slice(0, TEXT_MAX) });
  }
  return said.length > READ_OUT_MAX ? said.length : said;
}
