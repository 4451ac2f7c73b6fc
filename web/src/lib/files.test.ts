import { expect, test } from 'vitest';
import { endingOf, isPicture, kindOf, sizeOf, spaceOf } from './files';

test('sizes are told in the unit that fits, by locale', () => {
  expect([sizeOf(1, 'en'), sizeOf(12_345, 'en'), sizeOf(2_500_000, 'en')]).toEqual(['1 byte', '12 kB', '2.5 MB']);
  expect(sizeOf(2_500_000, 'zh')).toContain('2.5');
});

test('a picture keeps its shape in the space it takes', () => {
  expect(spaceOf({ width: 900, height: 600 })).toEqual({ width: 420, height: 280 });
  expect(spaceOf({ width: 100, height: 100 })).toEqual({ width: 100, height: 100 });
  expect(spaceOf({ width: 2, height: 9000 })).toEqual({ width: 48, height: 320 });
});

test('only what the server made pictures of is one', () => {
  const file = { id: 'f', name: 'a.png', type: 'image/png', size: 1 };
  expect(isPicture(file)).toBe(false);
  expect(isPicture({ ...file, tiny: 'data:', width: 1, height: 1 })).toBe(true);
});

test('kinds and endings are told', () => {
  expect([kindOf('video/mp4'), kindOf('application/zip'), kindOf('application/pdf'), kindOf('application/x-odd')]).toEqual(['fileVideo', 'fileArchive', 'fileDocument', 'fileOther']);
  expect([endingOf('茶.tar.gz'), endingOf('README'), endingOf('a.longending')]).toEqual(['GZ', '', '']);
});
