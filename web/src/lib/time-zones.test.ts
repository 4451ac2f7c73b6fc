import { expect, test } from 'vitest';
import { clockIn, timeZones } from './time-zones';

test('a zone that this browser does not know can stay chosen, and tells no hour', () => {
  expect(timeZones('Mars/Olympus')[0]).toBe('Mars/Olympus');
  expect(timeZones('Asia/Shanghai').filter((zone) => zone === 'Asia/Shanghai')).toHaveLength(1);
  expect(clockIn('Mars/Olympus', 'en', new Date())).toBe('');
});

test('the hour is that of the place', () => {
  expect(clockIn('Asia/Shanghai', 'zh', new Date('2026-01-01T01:30:00Z'))).toBe('09:30');
});
