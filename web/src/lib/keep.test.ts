import { expect, test } from 'vitest';
import type { MessageView, RoomSummary } from '../protocol';
import { fromKept, KEPT_ITEMS_MAX, SHAPE, toKeep, tooMany } from './keep';
import { apply, find, fromPage } from './log';

const view = (seq: number): MessageView => ({ room: 'r', seq, at: '', id: `m${seq}`, text: 't', from: 'ada', from_kind: 'human' });
const summary = { id: 'r', name: 'general' } as RoomSummary;
const settings = { seq: 1, topic: '', mode: 'mention' as const, private_from_ai: false, budget: {}, slow_seconds: 0, keep_days: 0 };
const log = (many: number) => fromPage(Array.from({ length: many }, (_, at) => view(at + 1)), false, many, settings);

test('what is kept becomes the same log, which goes on', () => {
  const kept = structuredClone(toKeep(log(3), summary, 'e', 0));
  const again = fromKept(kept, 'e');
  expect(again).toEqual(log(3));
  expect(again && apply(again, { room: 'r', seq: 4, at: '', from: 'bob', kind: 'message.deleted', message_id: 'm2' })).toBe('applied');
  expect(again && find(again, 'm2')).toMatchObject({ deleted: true });
});

test('only the newest are kept, and it is known that there are more', () => {
  const kept = toKeep(log(KEPT_ITEMS_MAX + 5), summary, 'e', 0);
  expect([kept.items.length, kept.items[0]?.seq, kept.more, kept.seq]).toEqual([KEPT_ITEMS_MAX, 6, true, KEPT_ITEMS_MAX + 5]);
});

test('what is from another life of the server or of another shape is nothing', () => {
  const kept = toKeep(log(1), summary, 'e', 0);
  expect(fromKept(kept, 'other')).toBe(null);
  expect(fromKept({ ...kept, shape: SHAPE + 1 }, 'e')).toBe(null);
  expect(fromKept(undefined, 'e')).toBe(null);
});

test('the rooms that were open last remain', () => {
  const kept = [3, 1, 2].map((kept_at) => ({ id: `r${kept_at}`, kept_at }));
  expect(tooMany(kept, 2)).toEqual(['r1']);
  expect(tooMany(kept, 3)).toEqual([]);
});
