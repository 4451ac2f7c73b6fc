import { expect, test } from 'vitest';
import type { Approval } from '../protocol';
import { isOpen, learn, mayDecide, settle, standing, type Approvals } from './approvals';

const approval = (state: Approval['state'], more: Partial<Approval> = {}): Approval => ({
  number: 1, agent: 'assistant', asker: 'ada', act: '/kick bob', why: 'moderates', expires_at: '', state, ...more,
});

test('what came of it does not forget who allowed it', () => {
  const known: Approvals = { 1: approval('approved', { by: 'ada' }) };
  expect(settle(known, { kind: 'approval.settled', number: 1, state: 'failed', result: 'no' })).toBe(true);
  expect(known[1]).toEqual(approval('failed', { by: 'ada', result: 'no' }));
});

test('nothing is taken back, and nobody is told of what was never asked', () => {
  const known: Approvals = { 1: approval('denied') };
  learn(known, approval('waiting'));
  settle(known, { kind: 'approval.settled', number: 1, state: 'approved' });
  expect(known[1]?.state).toBe('denied');
  expect(settle(known, { kind: 'approval.settled', number: 2, state: 'denied' })).toBe(false);
});

test('it is open until it is known what came of it', () => {
  expect((['waiting', 'approved', 'done', 'failed', 'denied', 'expired'] as const).filter((state) => isOpen(approval(state))))
    .toEqual(['waiting', 'approved']);
});

test('the asker decides, and whoever moderates the room', () => {
  const may = (handle: string, moderates: boolean) => mayDecide(approval('waiting'), { handle }, moderates);
  expect([may('ada', false), may('bob', false), may('bob', true)]).toEqual([true, false, true]);
});

test('what nobody decided is over with its time, what somebody decided is not', () => {
  const until = { expires_at: '2026-11-24T10:15:00Z' };
  const at = (time: string) => new Date(`2026-11-24T${time}Z`).getTime();
  expect(standing(approval('waiting', until), at('10:14:59'))).toBe('waiting');
  expect(standing(approval('waiting', until), at('10:15:00'))).toBe('expired');
  expect(standing(approval('approved', until), at('10:20:00'))).toBe('approved');
});
