import { expect, test } from 'vitest';
import type { Event, MessageView } from '../protocol';
import { apply, find, fromPage, prepend } from './log';

const view = (seq: number, text: string): MessageView => ({
  room: 'r', seq, at: '', id: `m${seq}`, text, from: 'ada', from_kind: 'human',
});
const event = (seq: number, body: object): Event =>
  ({ room: 'r', seq, at: 'now', from: 'bob', ...body }) as Event;
const posted = (seq: number) =>
  event(seq, { kind: 'message.posted', message: { id: `m${seq}`, text: 't', from: 'bob', from_kind: 'human' } });

test('events apply once, in order, and a gap is told', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  expect(apply(log, posted(3))).toBe('known');
  expect(apply(log, posted(5))).toBe('gap');
  expect(apply(log, posted(4))).toBe('applied');
  expect(log.items.map((item) => item.seq)).toEqual([3, 4]);
  expect(log.seq).toBe(4);
});

test('edits, deletions and reactions change the message they are about', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  apply(log, event(4, { kind: 'message.edited', message_id: 'm3', text: 'b' }));
  expect(find(log, 'm3')).toMatchObject({ text: 'b', edited_at: 'now' });
  apply(log, event(5, { kind: 'reaction.added', message_id: 'm3', emoji: '👍' }));
  apply(log, event(6, { kind: 'reaction.added', message_id: 'm3', emoji: '👍' }));
  expect(find(log, 'm3')?.reactions).toEqual([{ emoji: '👍', users: ['bob'] }]);
  apply(log, event(7, { kind: 'reaction.removed', message_id: 'm3', emoji: '👍' }));
  expect(find(log, 'm3')?.reactions).toEqual([]);
  apply(log, event(8, { kind: 'message.deleted', message_id: 'm3' }));
  expect(find(log, 'm3')).toMatchObject({ text: '', deleted: true });
  expect(log.items).toHaveLength(1);
});

test('an event about a message that is not loaded only moves the number', () => {
  const log = fromPage([view(3, 'a')], true, 3);
  expect(apply(log, event(4, { kind: 'message.edited', message_id: 'old', text: 'x' }))).toBe('applied');
  expect(log.items).toHaveLength(1);
});

test('an older page goes in front without doubles', () => {
  const log = fromPage([view(3, 'c'), view(4, 'd')], true, 4);
  prepend(log, [view(1, 'a'), view(3, 'c')], false);
  expect(log.items.map((item) => item.seq)).toEqual([1, 3, 4]);
  expect(log.more).toBe(false);
});
