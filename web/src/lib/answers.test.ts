import { expect, test } from 'vitest';
import type { MessageView } from '../protocol';
import { isOutdated, rated, reasonWord } from './answers';

const view = (id: string, more: Partial<MessageView> = {}): MessageView => ({
  room: 'r', seq: 1, at: '2026-11-24T10:00:00Z', id, text: id, from: 'assistant', from_kind: 'agent', ...more,
});

test('every stable word has a phrase, an unknown one is shown as it is', () => {
  expect(reasonWord('mentioned')).toBe('spokeMentioned');
  expect(reasonWord('follow_up: timeout')).toBe('spokeFollowUp');
  expect(reasonWord('moon_phase')).toBe('spokeOther');
});

test('an answer is out of date when its question was edited afterwards', () => {
  const answer = view('a', { at: '2026-11-24T10:00:05Z' });
  expect(isOutdated(answer, undefined)).toBe(false);
  expect(isOutdated(answer, view('q'))).toBe(false);
  expect(isOutdated(answer, view('q', { edited_at: '2026-11-24T10:00:02Z' }))).toBe(false);
  expect(isOutdated(answer, view('q', { edited_at: '2026-11-24T10:00:09.5Z' }))).toBe(true);
});

test('one has one voice, can change it and take it back', () => {
  const good = rated(undefined, true);
  expect(good).toEqual({ up: 1, down: 0, mine: true });
  expect(rated(good, false)).toEqual({ up: 0, down: 1, mine: false });
  expect(rated({ up: 3, down: 1, mine: true }, true)).toEqual({ up: 2, down: 1, mine: null });
});
