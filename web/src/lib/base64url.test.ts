import { expect, test } from 'vitest';
import { bytes, text } from './base64url';

test('bytes of every value and every length come back as they were', () => {
  for (let length = 0; length < 260; length += 1) {
    const all = Uint8Array.from({ length }, (_, n) => (n * 7 + length) % 256);
    const written = text(all.buffer);
    expect(written).toMatch(/^[\w-]*$/);
    expect(bytes(written)).toEqual(all);
  }
});
