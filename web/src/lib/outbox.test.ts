import { expect, test } from 'vitest';
import { Outbox, wireText } from './outbox';

function outbox() {
  let n = 0;
  return new Outbox(() => `k${++n}`, () => 'now');
}
const nothing = () => false;

test('an echo stays until its message shows up, whichever comes first', () => {
  const box = outbox();
  box.add('r', 'one');
  box.acked('k1', 'm1', nothing);
  expect(box.entries).toHaveLength(1);
  box.posted('m1');
  expect(box.entries).toHaveLength(0);

  box.add('r', 'two');
  box.acked('k2', 'm2', (id) => id === 'm2');
  expect(box.entries).toHaveLength(0);
});

test('what nobody answered is sent again, what was refused is kept for the writer', () => {
  const box = outbox();
  box.add('r', 'one');
  box.add('r', 'two');
  box.add('r', 'three');
  box.acked('k1', 'm1', nothing);
  box.refused('k2', 'too long');
  expect(box.unanswered().map((entry) => entry.key)).toEqual(['k3']);
  expect(box.entries.find((entry) => entry.key === 'k2')?.refused).toBe('too long');
});

test('a command is done with its answer, a doubled slash is a message', () => {
  const box = outbox();
  expect(box.add('r', '/users').command).toBe(true);
  expect(box.add('r', '//etc').command).toBe(false);
  box.acked('k1', undefined, nothing);
  expect(box.entries.map((entry) => entry.key)).toEqual(['k2']);
});

test('what agents shall not read is sent by the command for it, and kept like any message', () => {
  const box = outbox();
  const entry = box.add('r', 'just us', undefined, true);
  expect(entry).toMatchObject({ text: 'just us', command: false, private_from_ai: true });
  expect(wireText(entry)).toBe('/private-from-ai just us');
  box.acked('k1', 'm1', nothing);
  expect(box.entries).toHaveLength(1);
});

test('a private message never turns into a command or a setting of the room', () => {
  const box = outbox();
  expect(wireText(box.add('r', '/users', undefined, true))).toBe('/users');
  expect(wireText(box.add('r', '//etc', undefined, true))).toBe('/private-from-ai /etc');
  expect(wireText(box.add('r', 'room on', undefined, true))).toBe('/private-from-ai \u200Broom on');
});
