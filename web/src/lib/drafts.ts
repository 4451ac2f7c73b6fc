// Messages that agents are still writing. Offsets count code points, as on the wire.

import type { DraftUpdate } from '../protocol';

export interface Draft {
  id: string;
  room: string;
  from: string;
  text: string;
  state: DraftUpdate['state'];
  tool?: string;
}

/** What a draft is after an update; a piece that is known already changes nothing. */
export function grow(draft: Draft | undefined, update: DraftUpdate): Draft {
  const before = update.offset === 0 ? '' : (draft?.text ?? '');
  const known = length(before);
  const text = update.offset > known ? before : before + tail(update.text, known - update.offset);
  const kept = draft && length(draft.text) > length(text) ? draft.text : text;
  const next: Draft = {
    id: update.draft_id,
    room: update.room,
    from: update.from,
    text: kept,
    state: update.state,
  };
  if (update.tool) next.tool = update.tool;
  return next;
}

function length(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function tail(text: string, from: number): string {
  return from <= 0 ? text : [...text].slice(from).join('');
}
