import { expect, test } from 'vitest';
import { Outbox } from './outbox';

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
