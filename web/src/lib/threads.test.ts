import { describe, expect, test } from 'vitest';
import type { ThreadHit } from '../protocol';
import { asRead } from './threads';

const hit = (unread: number, last_seq: number) =>
  ({ id: 'root', room: 'room', unread, replies: { count: unread, last_seq, last_at: '' } }) as ThreadHit;

describe('a thread that the server counted before it heard that its room was read', () => {
  test('has nothing unread where the room was read up to its last reply', () => {
    expect(asRead(hit(1, 7), 7).unread).toBe(0);
  });

  test('stays as it was told where a reply came later', () => {
    expect(asRead(hit(2, 8), 7).unread).toBe(2);
  });
});
