import { expect, test } from 'vitest';
import type { Event, RoomSummary } from '../protocol';
import { excerpt, isQuietNow, rings, toClock, toMinute } from './bell';

const me = { handle: 'ada', presence: 'online' as const };
const room = (more: Partial<RoomSummary> = {}) => ({ kind: 'public', ...more }) as RoomSummary;
const said = (message: object = {}, from = 'bob') => ({ kind: 'message.posted', from, message: { text: 'tea', ...message } }) as Event;

test('a message rings by the level of its room, whom it calls, and the threads one follows', () => {
  const table: [RoomSummary, Event, boolean, boolean][] = [
    [room(), said(), false, false],
    [room({ level: 'everything' }), said(), false, true],
    [room({ kind: 'direct' }), said(), false, true],
    [room({ kind: 'direct', level: 'mentions' }), said(), false, false],
    [room(), said({ mentions: ['Ada'] }), false, true],
    [room(), said({ mentions: ['bob'] }), false, false],
    [room(), said({ calls: 'room' }), false, true],
    [room({ level: 'nothing' }), said({ mentions: ['ada'] }), false, false],
    [room({ muted_until: '2999-01-01T00:00:00Z' }), said({ mentions: ['ada'] }), false, false],
    [room({ muted_until: '2001-01-01T00:00:00Z' }), said({ mentions: ['ada'] }), false, true],
    [room(), said(), true, true],
    [room({ level: 'nothing' }), said(), true, false],
    // One's own, and what is no message.
    [room({ level: 'everything' }), said({ mentions: ['ada'] }, 'ada'), false, false],
    [room({ level: 'everything' }), { kind: 'room.changed', from: 'bob' } as unknown as Event, false, false],
  ];
  expect(table.map(([summary, event, follows]) => rings(summary, event, me, follows))).toEqual(table.map(([, , , rung]) => rung));
  expect(rings(room(), said({ calls: 'here' }), { handle: 'ada', presence: 'away' }, false)).toBe(false);
});

test('quiet hours go over midnight by the clocks of their place, and a moment ends quiet', () => {
  const night = { hide_text: false, quiet_hours: { from: 22 * 60, to: 7 * 60 + 30, time_zone: 'Asia/Shanghai' } };
  const quiet = (at: string) => isQuietNow(night, new Date(at));
  expect(['13:59', '14:00', '20:00', '23:29', '23:30'].map((time) => quiet(`2026-11-27T${time}:00Z`))).toEqual([false, true, true, true, false]);
  const noon = { hide_text: false, quiet_hours: { from: 720, to: 780, time_zone: 'Europe/Berlin' } };
  expect(['2026-01-10T11:30:00Z', '2026-07-10T11:30:00Z'].map((at) => isQuietNow(noon, new Date(at)))).toEqual([true, false]);
  const now = new Date('2026-11-27T12:00:00Z');
  expect(isQuietNow({ hide_text: false, quiet_until: '2026-11-27T12:00:01Z' }, now)).toBe(true);
  expect(isQuietNow({ hide_text: false, quiet_until: '2026-11-27T12:00:00Z' }, now)).toBe(false);
  expect(isQuietNow({ hide_text: false, quiet_hours: { from: 0, to: 1439, time_zone: 'Nowhere/At_All' } }, now)).toBe(false);
});

test('a clock is a minute of the day, and back', () => {
  expect(['00:00', '07:05', '23:59'].map(toMinute)).toEqual([0, 425, 1439]);
  expect([0, 425, 1439].map(toClock)).toEqual(['00:00', '07:05', '23:59']);
});

test('what is shown outside the page is short, plain, and holds no spoiler', () => {
  expect(excerpt('**tea** with ||the butler\ndid it|| at `5`')).not.toMatch(/butler|did it|\*/);
  expect(excerpt('x'.repeat(1_000))).toHaveLength(240);
});
