import { expect, test } from 'vitest';
import type { Event } from '../protocol';
import { tell } from './happening';
import type { RoomSetting } from './room-settings';
import { word, type Lang } from './words';

const lines = (body: object, changed: RoomSetting[] = [], lang: Lang = 'en') =>
  tell(
    { event: { room: 'r', seq: 1, at: '', from: 'ada', ...body } as Event, changed },
    (key, values) => word(lang, key, values),
    (parts) => parts.join(lang === 'zh' ? '、' : ', '),
  );

test('a changed room tells of what changed and of nothing else', () => {
  const room = { kind: 'room.changed', topic: 'tea', mode: 'mention' };
  expect(lines(room, ['mode'])).toEqual(['@ada: AI members now speak here when addressed']);
  expect(lines({ ...room, private_from_ai: true }, ['private_from_ai', 'topic'])).toEqual([
    '@ada: AI members no longer read this room',
    '@ada changed the topic: tea',
  ]);
  expect(lines({ ...room, budget: { tokens_day: 5 } }, ['budget'])).toEqual(['@ada changed what AI members may spend here']);
  expect(lines(room)).toEqual([]);
});

test('a changed agent tells which settings, in the reader’s language', () => {
  const agent = { kind: 'agent.changed', agent: 'heron', change: 'edited', fields: ['persona', 'model', 'unheard_of'] };
  expect(lines(agent)).toEqual(['@ada changed @heron: persona, model, unheard_of']);
  expect(lines(agent, [], 'zh')).toEqual(['@ada 修改了 @heron：人设、模型、unheard_of']);
  expect(lines({ kind: 'agent.changed', agent: 'heron', change: 'retired' })).toEqual(['@ada retired @heron']);
});

test('what the configuration did is not told as the agent’s own doing', () => {
  expect(lines({ kind: 'agent.changed', agent: 'ada', change: 'made' })).toEqual(['The operator made the AI member @ada']);
});
