import { expect, test } from 'vitest';
import type { Act } from '../protocol';
import { tellAct } from './audit';
import { word } from './words';

const told = (more: Partial<Act>) =>
  tellAct(
    { at: '', turn: 't', agent: 'heron', asker: 'ada', room: 'r', seq: 1, name: 'search', arguments: '{}', ...more },
    (key, values) => word('en', key, values),
  );

test('a call tells what came of it', () => {
  expect(told({ outcome: 'refused', result: 'No.' })).toEqual({ isReply: false, outcome: 'refused', result: 'No.' });
  expect(told({})).toEqual({ isReply: false, outcome: 'outcome not known', result: '' });
});

test('a reply tells why it was given', () => {
  expect(told({ name: 'reply', outcome: 'spoke', result: 'mentioned' })).toEqual({
    isReply: true, outcome: 'answered', result: 'spoke because @ada mentioned it',
  });
  expect(told({ name: 'reply', outcome: 'failed', result: 'mentioned: timeout' })).toMatchObject({ outcome: 'failed' });
});
