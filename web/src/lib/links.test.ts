import { expect, test } from 'vitest';
import { siteOf } from './links';

test('a site is called by its name, and what is no address by itself', () => {
  expect(siteOf('https://www.example.org:8443/a?b#c')).toBe('example.org');
  expect(siteOf('HTTP://Example.ORG')).toBe('example.org');
  expect(siteOf('http://[')).toBe('http://[');
});
