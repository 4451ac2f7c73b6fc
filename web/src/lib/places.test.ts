import { expect, test } from 'vitest';
import { findPlaces, type Place } from './places';

const places: Place[] = [
  { kind: 'room', key: 'r1', label: '#tea-house', detail: '' },
  { kind: 'room', key: 'r2', label: '#general', detail: 'where tea is talked of', waits: true },
  { kind: 'person', key: 'p1', label: 'Théa', detail: '@thea' },
  { kind: 'person', key: 'p2', label: '小波', detail: '@xiaobo', also: 'xiaobo' },
  { kind: 'command', key: 'c1', label: '/topic', detail: 'says what the room is about' },
  { kind: 'place', key: 's', label: 'Settings', detail: '' },
];
const found = (asked: string) => findPlaces(places, asked).map(({ key }) => key);

test('with nothing asked for, what waits comes first, and commands stay away', () => {
  expect(found('')).toEqual(['r2', 'r1', 'p1', 'p2', 's']);
});

test('what begins with the words comes before what only has them', () => {
  expect(found('tea')).toEqual(['r1', 'r2']);
  expect(found('house')).toEqual(['r1']);
});

test('marks over letters do not matter, nor case, and handles find people', () => {
  expect(found('thea')).toEqual(['p1']);
  expect(found('XIAO')).toEqual(['p2']);
  expect(found('波')).toEqual(['p2']);
});

test('a letter or two are not looked for in descriptions, one character of Han is', () => {
  const described: Place[] = [{ kind: 'command', key: 'c', label: '/mute', detail: 'keeps others quiet, 静音' }];
  expect(findPlaces(described, 'ot')).toEqual([]);
  expect(findPlaces(described, 'others')).toHaveLength(1);
  expect(findPlaces(described, '静')).toHaveLength(1);
});

test('a sign in front says of which kind', () => {
  expect(found('/')).toEqual(['c1']);
  expect(found('/to')).toEqual(['c1']);
  expect(found('@')).toEqual(['p1', 'p2']);
  expect(found('#gen')).toEqual(['r2']);
});
