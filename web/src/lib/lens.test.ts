import { expect, test } from 'vitest';
import type { TurnView } from '../protocol';
import { callWord, firstWords, inOrder, outcomeWord, pretty, readMessages } from './lens';
import type { Item } from './log';

const turn = (id: string, more: Partial<TurnView> = {}) => ({ id, ...more }) as TurnView;

test('the turn that a message came from stands first', () => {
  const turns = [turn('silent'), turn('spoke', { reply: 'm1' })];
  expect(inOrder(turns, 'm1').map(({ id }) => id)).toEqual(['spoke', 'silent']);
});

test('what is not known yet is said', () => {
  expect([outcomeWord(turn('t', { outcome: 'silent' })), outcomeWord(turn('t'))]).toEqual(['turnSilent', 'turnLasts']);
  expect([callWord('asked'), callWord(undefined)]).toEqual(['callAsked', 'callUnknown']);
});

test('arguments are laid out, whatever is no JSON stays', () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(pretty('/t bob {hi')).toBe('/t bob {hi');
});

test('first words end between characters, not within one', () => {
  expect(firstWords('a\n  b')).toBe('a b');
  expect(firstWords('👍👍👍👍', 3)).toBe('👍👍…');
});

test('what was read keeps its order and says what is not loaded', () => {
  const view = { kind: 'message', seq: 4, from: 'ada', text: 'hi' } as Item;
  expect(readMessages([2, 4], [view])).toEqual([{ seq: 2 }, { seq: 4, view }]);
});
