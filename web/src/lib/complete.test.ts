import { expect, test } from 'vitest';
import type { CommandInfo, UserInfo } from '../protocol';
import { complete, type Known } from './complete';

const command = (name: string, ...types: string[]): CommandInfo =>
  ({ name, aliases: [], summary: '', params: types.map((type) => ({ name: type, type, required: true, help: '' })) }) as unknown as CommandInfo;
const user = (handle: string, kind = 'human'): UserInfo =>
  ({ handle, display_name: handle, kind, presence: 'online' }) as UserInfo;
const known: Known = {
  commands: [command('topic', 'text'), command('t', 'user', 'text'), command('ask', 'agent', 'text')],
  users: [user('ada'), user('小明'), user('assistant', 'agent')],
  rooms: ['general'],
  calls: [{ name: 'room', whom: 'all' }, { name: '所有人', whom: 'all' }],
};
const labels = (text: string) => complete(text, text.length, known)?.choices.map((choice) => choice.label) ?? [];

test('a slash at the start offers commands', () => {
  expect(labels('/t')).toEqual(['/topic', '/t']);
  expect(labels('see /t')).toEqual([]);
});

test('an at sign offers people anywhere, Chinese text around it or not', () => {
  expect(labels('hi @a')).toEqual(['@ada', '@assistant']);
  expect(labels('你好@小')).toEqual(['@小明']);
  expect(labels('mail me@a')).toEqual([]);
  expect(labels('@ro')).toEqual(['@room']);
  expect(labels('请@所')).toEqual(['@所有人']);
});

test('a command offers what its parameter takes', () => {
  expect(labels('/t a')).toEqual(['@ada', '@assistant']);
  expect(labels('/ask a')).toEqual(['@assistant']);
  expect(labels('/t ada hel')).toEqual([]);
});

test('what is replaced is the word at the caret', () => {
  expect(complete('hi @ad there', 6, known)).toMatchObject({ from: 3, to: 6 });
});

test('an agent that was retired is not offered', () => {
  const retired = { ...user('heron', 'agent'), disabled: true };
  const at = (text: string) => complete(text, text.length, { ...known, users: [...known.users, retired, user('heroic')] });
  expect(at('@her')?.choices.map((choice) => choice.label)).toEqual(['@heroic']);
  expect(at('/ask her')).toBeNull();
});
