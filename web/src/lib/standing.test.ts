import { expect, test } from 'vitest';
import type { Event, RoomSummary } from '../protocol';
import { count, isQuiet, levelOf, stand, tomorrow, unsettles } from './standing';

const ada = { handle: 'ada', presence: 'online' as const };
const summary = (more: Partial<RoomSummary> = {}): RoomSummary =>
  ({ id: 'r', kind: 'public', seq: 5, read_seq: 5, unread: 0, ...more }) as RoomSummary;
const posted = (seq: number, more: object = {}, from = 'bob'): Event =>
  ({ room: 'r', seq, at: '', from, kind: 'message.posted', message: { id: `m${seq}`, text: '', ...more } }) as Event;

test('what others say counts once, what calls one counts twice over', () => {
  const room = summary();
  count(room, posted(6), 5, ada);
  count(room, posted(7, { mentions: ['Ada'] }), 5, ada);
  count(room, posted(8, { mentions: ['bob'] }), 5, ada);
  count(room, posted(9, { calls: 'room' }), 5, ada);
  count(room, posted(10, { calls: 'here' }), 5, { handle: 'ada', presence: 'away' });
  expect([room.unread, room.mentions]).toEqual([5, 2]);
});

test('one’s own, what is read and what the server has counted add nothing', () => {
  const room = summary({ read_seq: 6 });
  count(room, posted(7, {}, 'ada'), 5, ada);
  count(room, posted(6), 5, ada);
  count(room, posted(8), 8, ada);
  expect(room.unread).toBe(0);
  count(room, posted(9), 8, ada);
  expect(room.unread).toBe(1);
});

test('an edit or a deletion unsettles only what counts something', () => {
  const edited = { ...posted(9), kind: 'message.edited' } as Event;
  expect(unsettles(summary(), edited)).toBe(false);
  expect(unsettles(summary({ unread: 1 }), edited)).toBe(true);
  expect(unsettles(summary({ unread: 1 }), posted(9))).toBe(false);
});

test('a standing replaces all of the one before', () => {
  const room = summary({ level: 'nothing', muted_until: '2030-01-01T00:00:00Z', unread: 3 });
  stand(room, { seq: 5, read_seq: 2, unread: 1, mentions: 1 });
  expect(room).toMatchObject({ read_seq: 2, unread: 1, mentions: 1 });
  expect([room.level, room.muted_until]).toEqual([undefined, undefined]);
});

test('levels have the defaults of the kind of room, and a mute ends', () => {
  expect(levelOf(summary())).toBe('mentions');
  expect(levelOf(summary({ kind: 'direct' }))).toBe('everything');
  const muted = summary({ muted_until: '2027-01-01T00:00:00Z' });
  expect(isQuiet(muted, Date.parse('2026-12-31T00:00:00Z'))).toBe(true);
  expect(isQuiet(muted, Date.parse('2027-01-02T00:00:00Z'))).toBe(false);
  expect(isQuiet(summary({ level: 'nothing' }))).toBe(true);
  expect(tomorrow(new Date(2026, 11, 31, 23, 50))).toEqual(new Date(2027, 0, 1, 9));
});
