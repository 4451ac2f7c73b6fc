import { expect, test } from 'vitest';
import type { DraftUpdate } from '../protocol';
import { grow } from './drafts';

const update = (offset: number, text: string): DraftUpdate => ({
  room: 'r', draft_id: 'd', from: 'assistant', offset, text, state: 'writing',
});

test('pieces are appended at their code points', () => {
  const first = grow(undefined, update(0, '沙龙🎉'));
  expect(grow(first, update(3, ' hi')).text).toBe('沙龙🎉 hi');
});

test('a piece that is partly known adds only what is new', () => {
  const first = grow(undefined, update(0, 'Hello'));
  expect(grow(first, update(3, 'lo you')).text).toBe('Hello you');
  expect(grow(first, update(0, 'Hello')).text).toBe('Hello');
});

test('a state without text keeps the text', () => {
  const first = grow(undefined, update(0, 'Hello'));
  const second = grow(first, { ...update(5, ''), state: 'tool', tool: '/users' });
  expect(second).toMatchObject({ text: 'Hello', state: 'tool', tool: '/users' });
});
