import { expect, test } from 'vitest';
import { hints, isAsked, type Known } from './search';

const known: Known = { people: [{ handle: 'ada', name: 'Ada L.' }, { handle: '小波', name: '小波' }], rooms: ['general', 'tea', '@小波'] };
const labels = (typed: string, lang: 'en' | 'zh' = 'en') => hints(typed, known, lang).map(({ label }) => label);

test('operators are offered until one is being typed, then what may stand behind it', () => {
  expect(labels('')).toEqual(['from:', 'in:', 'before:', 'after:', 'has:']);
  expect(labels('plan ', 'zh')).toEqual(['来自:', '在:', '之前:', '之后:', '包含:']);
  expect(labels('plan fr')).toEqual(['from:']);
  expect(labels('plan')).toEqual([]);
  expect(labels('plan from:')).toEqual(['@ada', '@小波']);
  expect(labels('plan from:@a')).toEqual(['@ada']);
  expect(labels('来自：小', 'zh')).toEqual(['@小波']);
  expect(labels('in:')).toEqual(['#general', '#tea', '@小波']);
  expect(labels('在:te', 'zh')).toEqual(['#tea']);
  expect(labels('has:', 'zh')).toEqual(['文件', '图片', '链接', '代码']);
  expect(labels('after:y')).toEqual(['yesterday']);
});

test('what is taken goes where it was being typed', () => {
  expect(hints('plan from:a', known, 'en')[0]?.becomes).toBe('plan from:ada ');
  expect(hints('plan ', known, 'zh')[4]?.becomes).toBe('plan 包含:');
});

test('an operator without a value asks for nothing yet', () => {
  expect(['', '  ', 'from:', '来自：', 'has: in:'].map(isAsked)).toEqual([false, false, false, false, false]);
  expect(['a', 'from:ada', 'x from:', '在:tea'].map(isAsked)).toEqual([true, true, true, true]);
});
