import { expect, test } from 'vitest';
import type { Approval, Event, MessageView } from '../protocol';
import { append, apply, find, fromPage as pageOf, isReplaced, position, prepend, shorten, takeApprovals, touch } from './log';

const settings = { seq: 3, topic: 'tea', mode: 'mention' as const, private_from_ai: false, budget: {}, slow_seconds: 0, keep_days: 0 };
const fromPage = (messages: MessageView[], more: boolean, seq: number) => pageOf(messages, more, seq, { ...settings });

const view = (seq: number, text: string): MessageView => ({
  room: 'r', seq, at: '', id: `m${seq}`, text, from: 'ada', from_kind: 'human',
});
const event = (seq: number, body: object): Event =>
  ({ room: 'r', seq, at: 'now', from: 'bob', ...body }) as Event;
const posted = (seq: number) =>
  event(seq, { kind: 'message.posted', message: { id: `m${seq}`, text: 't', from: 'bob', from_kind: 'human' } });

test('an edit says whom the message calls now, a deletion that it calls nobody', () => {
  const log = fromPage([{ ...view(3, 'a'), mentions: ['bob'], calls: 'here' }], false, 3);
  apply(log, event(4, { kind: 'message.edited', message_id: 'm3', text: '@eve', mentions: ['eve'] }));
  expect(find(log, 'm3')).toMatchObject({ mentions: ['eve'] });
  expect(find(log, 'm3')?.calls).toBeUndefined();
  apply(log, event(5, { kind: 'message.deleted', message_id: 'm3' }));
  expect(find(log, 'm3')?.mentions).toBeUndefined();
});

test('events apply once, in order, and a gap is told', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  expect(apply(log, posted(3))).toBe('known');
  expect(apply(log, posted(5))).toBe('gap');
  expect(apply(log, posted(4))).toBe('applied');
  expect(log.items.map((item) => item.seq)).toEqual([3, 4]);
  expect(log.seq).toBe(4);
});

test('what a page holds is not taken again, whatever number comes with it', () => {
  const log = fromPage([view(3, 'a'), view(4, 'b')], false, 3);
  expect(apply(log, posted(4))).toBe('known');
  expect(apply(log, posted(5))).toBe('applied');
  expect(log.items.map((item) => item.seq)).toEqual([3, 4, 5]);
});

test('what an older page says of the time after the log is left to the events', () => {
  const log = fromPage([], false, 3);
  prepend(log, [view(2, 'a'), view(4, 'b')], false);
  expect(log.items.map((item) => item.seq)).toEqual([2]);
  expect(apply(log, posted(4))).toBe('applied');
  expect(log.items.map((item) => item.seq)).toEqual([2, 4]);
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

test('what was kept long enough goes, and what is pinned stays', () => {
  const log = fromPage([view(3, 'a'), { ...view(4, 'b'), pinned_by: 'ada' }, view(5, 'c'), view(6, 'd')], false, 6);
  apply(log, event(7, { kind: 'messages.expired', up_to: 5 }));
  expect(log.items.map(({ seq }) => seq)).toEqual([4, 6]);
  expect(find(log, 'm3')).toBeUndefined();
  expect(find(log, 'm4')?.text).toBe('b');
});

test('what is behind links is shown until the words change or it is taken away', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  const previews = [{ url: 'https://example.org/', title: 'Example' }];
  apply(log, event(4, { kind: 'message.previewed', message_id: 'm3', previews }));
  expect(find(log, 'm3')?.previews).toEqual(previews);
  apply(log, event(5, { kind: 'message.edited', message_id: 'm3', text: 'b' }));
  expect(find(log, 'm3')).not.toHaveProperty('previews');
  apply(log, event(6, { kind: 'message.previewed', message_id: 'm3', previews }));
  apply(log, event(7, { kind: 'message.previewed', message_id: 'm3', previews: [] }));
  expect(find(log, 'm3')).not.toHaveProperty('previews');
  apply(log, event(8, { kind: 'message.previewed', message_id: 'm3', previews }));
  apply(log, event(9, { kind: 'message.deleted', message_id: 'm3' }));
  expect(find(log, 'm3')).not.toHaveProperty('previews');
});

test('a later vote takes the place of an earlier one, and a deleted poll has none', () => {
  const log = fromPage([{ ...view(3, 'a'), poll: { question: 'a', options: ['b', 'c'] } }], false, 3);
  apply(log, event(4, { kind: 'poll.voted', message_id: 'm3', choices: [1] }));
  apply(log, event(5, { kind: 'poll.voted', message_id: 'm3', choices: [2] }));
  expect(find(log, 'm3')?.votes).toEqual([{ user: 'bob', choices: [2] }]);
  apply(log, event(6, { kind: 'poll.voted', message_id: 'm3', choices: [] }));
  expect(find(log, 'm3')?.votes).toEqual([]);
  apply(log, event(7, { kind: 'poll.closed', message_id: 'm3' }));
  expect(find(log, 'm3')?.poll_closed_by).toBe('bob');
  apply(log, event(8, { kind: 'message.deleted', message_id: 'm3' }));
  expect(find(log, 'm3')?.poll).toBeUndefined();
  expect(find(log, 'm3')?.poll_closed_by).toBeUndefined();
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

const approval = (number: number, state: Approval['state'] = 'waiting'): Approval => ({
  number, agent: 'assistant', asker: 'ada', act: '/t bob hi', why: 'outside_readers', expires_at: '', state,
});
const changed = (seq: number, body: object) => event(seq, { kind: 'room.changed', topic: 'tea', mode: 'mention', ...body });
const happenings = (log: ReturnType<typeof fromPage>) =>
  log.items.map((item) => (item.kind === 'happening' ? item.changed : item.kind));

test('a changed room tells what of it changed', () => {
  const log = fromPage([], false, 3);
  apply(log, changed(4, { mode: 'ambient' }));
  apply(log, changed(5, { mode: 'ambient', private_from_ai: true }));
  apply(log, changed(6, { mode: 'off', topic: '' }));
  apply(log, changed(7, { mode: 'off', topic: '', budget: { tokens_day: 5 } }));
  expect(happenings(log)).toEqual([['mode'], ['private_from_ai'], ['topic', 'mode', 'private_from_ai'], ['budget']]);
});

test('a change that the page had already seen is what the next one is compared with', () => {
  const log = fromPage([], false, 5);
  expect(apply(log, changed(4, { mode: 'off' }))).toBe('known');
  apply(log, changed(6, { mode: 'off', topic: 'coffee' }));
  expect(happenings(log)).toEqual([['topic']]);
});

test('an approval is one card, whatever becomes of it', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  apply(log, event(4, { kind: 'approval.asked', approval: approval(1) }));
  apply(log, event(5, { kind: 'approval.settled', number: 1, state: 'approved', by: 'ada' }));
  apply(log, event(6, { kind: 'approval.settled', number: 1, state: 'done', result: 'Sent.' }));
  expect(log.items.map((item) => [item.kind, item.seq])).toEqual([['message', 3], ['approval', 4]]);
  expect(log.approvals[1]).toMatchObject({ state: 'done', by: 'ada', result: 'Sent.' });
});

test('an approval that the server lists before its own event has come is one card, in its place', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  takeApprovals(log, [{ ...approval(1), seq: 5, asked_at: 'at 5' }]);
  apply(log, event(4, { kind: 'message.posted', message: view(4, 'b') }));
  apply(log, event(5, { kind: 'approval.asked', approval: approval(1) }));
  expect(log.items.map((item) => [item.kind, item.seq])).toEqual([['message', 3], ['message', 4], ['approval', 5]]);
  expect(log.earlier).toEqual([]);
});

test('an approval that was asked for before what is loaded waits at the end, then stands where it was settled', () => {
  const log = fromPage([view(3, 'a')], true, 3);
  takeApprovals(log, [approval(8), approval(7), approval(6, 'denied')]);
  expect(log.earlier).toEqual([7, 8]);
  apply(log, event(4, { kind: 'approval.settled', number: 7, state: 'denied', by: 'ada' }));
  apply(log, event(5, { kind: 'approval.settled', number: 99, state: 'denied' }));
  expect(log.earlier).toEqual([8]);
  expect(log.items.at(-1)).toMatchObject({ kind: 'approval', seq: 4, number: 7 });
});

test('what was settled long ago keeps its place over a reload, and over older pages', () => {
  const log = fromPage([view(3, 'a'), view(6, 'b')], true, 6);
  const placed = (number: number, seq: number, state: Approval['state']): Approval => ({ ...approval(number, state), seq, asked_at: `at ${seq}` });
  takeApprovals(log, [placed(3, 5, 'done'), placed(2, 2, 'denied'), placed(1, 1, 'waiting')]);
  const shown = () => log.items.map((item) => (item.kind === 'approval' ? `card ${item.number}` : item.seq));
  expect([shown(), log.earlier]).toEqual([[3, 'card 3', 6], [1]]);
  expect(log.items[1]).toMatchObject({ seq: 5, at: 'at 5' });
  prepend(log, [view(0, 'z')], false);
  expect([shown(), log.earlier]).toEqual([[0, 'card 1', 'card 2', 3, 'card 3', 6], []]);
});

test('a list that is older than the events takes nothing back', () => {
  const log = fromPage([], false, 3);
  apply(log, event(4, { kind: 'approval.asked', approval: approval(1) }));
  apply(log, event(5, { kind: 'approval.settled', number: 1, state: 'denied', by: 'bob' }));
  takeApprovals(log, [approval(1)]);
  expect(log.approvals[1]).toMatchObject({ state: 'denied', by: 'bob' });
  expect(log.earlier).toEqual([]);
});

test('what is changed is another object, and its neighbours are the same', () => {
  const log = fromPage([view(3, 'a'), view(4, 'b')], false, 4);
  const [first, second] = log.items;
  apply(log, event(5, { kind: 'message.edited', message_id: 'm3', text: 'c' }));
  expect(log.items[0]).not.toBe(first);
  expect(first).toMatchObject({ text: 'a' });
  expect(log.items[1]).toBe(second);
});

test('an answer is folded while a newer one stands in its place', () => {
  const answer = (seq: number, more: object) => ({ ...view(seq, 'a'), ...more });
  const log = fromPage([view(1, 'a'), answer(2, { replaces: 'm1' }), answer(3, { replaces: 'm2' })], false, 3);
  expect(['m1', 'm2', 'm3'].map((id) => isReplaced(log, id))).toEqual([true, true, false]);
  apply(log, event(4, { kind: 'message.deleted', message_id: 'm3' }));
  expect(['m1', 'm2'].map((id) => isReplaced(log, id))).toEqual([true, false]);
  const old = fromPage([answer(9, { replaces: 'm8' })], true, 9);
  prepend(old, [view(8, 'a')], false);
  expect(isReplaced(old, 'm8')).toBe(true);
});

test('a page of the past grows until it meets what is now', () => {
  const now = fromPage([view(90, 'x'), view(91, 'y')], true, 91);
  const past = fromPage([view(10, 'a')], true, 10);
  expect(append(past, [view(10, 'a'), view(20, 'b')], 60, now)).toBe(false);
  expect(past.items.map((item) => item.seq)).toEqual([10, 20]);
  touch(past, event(92, { kind: 'message.edited', message_id: 'm20', text: 'c' }));
  touch(past, posted(93));
  expect(find(past, 'm20')).toMatchObject({ text: 'c' });
  expect(append(past, [view(80, 'd'), view(90, 'x')], 110, now)).toBe(true);
  expect(now.items.map((item) => item.seq)).toEqual([10, 20, 80, 90, 91]);
  expect(find(now, 'm10')).toBeDefined();
  expect(apply(now, posted(92))).toBe('applied');
});

test('a page without messages is no end of the past', () => {
  const now = fromPage([view(90, 'x')], true, 90);
  const past = fromPage([view(10, 'a')], true, 10);
  expect(append(past, [], 60, now)).toBe(false);
  expect(past.seq).toBe(60);
  expect(append(past, [view(85, 'b'), view(90, 'x')], 110, now)).toBe(true);
  expect(now.items.map((item) => item.seq)).toEqual([10, 85, 90]);
});

test('a long log lets go of its oldest', () => {
  const log = fromPage([1, 2, 3, 4, 5].map((seq) => view(seq, 'a')), false, 5);
  shorten(log, 2);
  expect(log.items.map((item) => item.seq)).toEqual([4, 5]);
  expect([log.more, find(log, 'm1'), find(log, 'm4')?.seq]).toEqual([true, undefined, 4]);
});

test('a place among the items is found by number, in holes too', () => {
  const { items } = fromPage([view(3, 'a'), view(5, 'b'), view(9, 'c')], false, 9);
  expect([0, 3, 4, 5, 6, 9, 10].map((seq) => position(items, seq))).toEqual([0, 0, 1, 1, 2, 2, 3]);
});

test('a reply counts once at the message that its thread begins with, in the past too', () => {
  const reply = (seq: number) => event(seq, { kind: 'message.posted', message: { id: `m${seq}`, text: 't', from: 'bob', from_kind: 'human', thread_id: 'm3' } });
  const log = fromPage([{ ...view(3, 'a'), replies: { count: 2, last_seq: 5, last_at: 'then' } }], false, 4);
  apply(log, reply(5));
  expect(find(log, 'm3')?.replies?.count, 'the server has counted it').toBe(2);
  apply(log, reply(6));
  expect(find(log, 'm3')?.replies).toEqual({ count: 3, last_seq: 6, last_at: 'now' });
  const past = fromPage([view(3, 'a')], true, 3);
  touch(past, reply(90));
  expect(find(past, 'm3')?.replies?.count).toBe(1);
});

test('a message that a moderator took away says by whom and why', () => {
  const log = fromPage([view(3, 'a')], false, 3);
  apply(log, event(4, { kind: 'message.deleted', message_id: 'm3', removed: { by: 'ada', reason: 'spam' } }));
  expect(find(log, 'm3')).toMatchObject({ text: '', deleted: true, removed: { by: 'ada', reason: 'spam' } });
});
