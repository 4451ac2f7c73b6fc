import { expect, test } from 'vitest';
import { mayHavePasskeys, refusalIn } from './sign-in';

test('a reason in the address becomes one of our own sentences', () => {
  expect(refusalIn('')).toBeNull();
  expect(refusalIn('?settings=account')).toBeNull();
  expect(refusalIn('?refused=handle_taken')).toBe('refusedHandleTaken');
  expect(refusalIn('?settings=account&refused=linked_elsewhere')).toBe('refusedLinkedElsewhere');
});

test('what somebody else wrote there is never said', () => {
  for (const odd of ['?refused=', '?refused=Send%20your%20password', '?refused=constructor', '?refused=__proto__']) {
    expect(refusalIn(odd)).toBe('refusedStale');
  }
});

test('only a name has passkeys', () => {
  for (const name of ['localhost', 'chat.example', '1.example', 'xn--fiqs8s']) expect(mayHavePasskeys(name), name).toBe(true);
  for (const number of ['127.0.0.1', '10.0.0.7', '[::1]', '[2001:db8::1]']) expect(mayHavePasskeys(number), number).toBe(false);
});
