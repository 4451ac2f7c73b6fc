import { expect, test } from 'vitest';
import { span } from './happening';
import { inOwnWords, isBelow, isLong, tellModeration } from './moderation';
import { word, type Word } from './words';

const say = (key: Word, values?: Record<string, string>) => word('en', key, values);

test('an act names who and where, and a room that one may not know of only as such', () => {
  const act = { number: 1, at: '2026-01-01T00:00:00Z', by: 'ada', act: 'kick', room: 'r', user: 'bob' } as const;
  expect(tellModeration({ ...act, room_name: 'tea' }, say)).toBe('removed @bob from #tea');
  expect(tellModeration(act, say)).toBe('removed @bob from a private room');
});

test('a span of time is told in its largest whole unit', () => {
  expect([30, 90, 300, 7_200].map((seconds) => span(seconds, say))).toEqual(['30 s', '90 s', '5 min', '2 h']);
});

test('what became of a report is told in the words of the page, and nothing else is', () => {
  expect(inOwnWords({ report: 1, state: 'removed' }, say)).toBe('The message that you reported was removed. Thank you.');
  expect(inOwnWords({ report: 1, state: 'dismissed' }, say)).toBe('A moderator looked at the message that you reported, and it stays.');
  expect(inOwnWords({ agent: 'heron' }, say)).toBe(undefined);
  expect(inOwnWords(undefined, say)).toBe(undefined);
});

test('nobody moderates upwards, and whoever made a room moderates members and guests', () => {
  const roles = ['guest', 'member', 'admin', 'owner'] as const;
  const under = (actor: (typeof roles)[number]) => roles.filter((subject) => isBelow(subject, actor));
  expect(under('member')).toEqual(['guest', 'member']);
  expect(under('admin')).toEqual(['guest', 'member']);
  expect(under('owner')).toEqual(['guest', 'member', 'admin']);
});

test('a mute of a day ends at a time, one of a year when somebody lifts it', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(isLong('2026-01-02T00:00:00Z', now)).toBe(false);
  expect(isLong('2026-12-30T00:00:00Z', now)).toBe(true);
});
