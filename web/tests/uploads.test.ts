// Large files in the client, over cut lines and reloads: in English on a wide screen, in Chinese on
// a phone.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, message, pair, picture, world, type World } from './world';

const PIECE = 4 * 1024 * 1024;
const SIZE = 2 * PIECE + 1_000;

let here: World;
let ada: Page;
let bo: Page;
let folder: string;
let film: string;
const bytes = randomBytes(SIZE);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'salon-films-'));
  film = join(folder, 'film.bin');
  writeFileSync(film, bytes);
  here = await world(() => ({ words: ['Nothing to say.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => {
  await here?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Every piece that is sent on, by where it begins; what begins at `cut` is cut off instead. */
async function line(page: Page): Promise<{ cut: number | undefined; sent: number[]; lost: number }> {
  const line = { cut: undefined as number | undefined, sent: [] as number[], lost: 0 };
  await page.route('**/api/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    const offset = Number(route.request().headers()['upload-offset']);
    if (offset === line.cut) {
      line.lost += 1;
      return route.abort();
    }
    line.sent.push(offset);
    return route.continue();
  });
  return line;
}

const entry = (page: Page) => page.locator('form li', { hasText: 'film.bin' });

/** What everybody in the room gets is what was chosen. */
async function arrives(page: Page): Promise<void> {
  await expect.poll(() => entry(page).locator('progress').count()).toBe(0);
  await page.getByRole('button', { name: page === ada ? 'Send' : '发送', exact: true }).click();
  const other = page === ada ? bo : ada;
  const link = message(other, 'film.bin').getByRole('link', { name: /film\.bin/ }).last();
  const href = await link.getAttribute('href');
  const digest = await other.evaluate(async (href) => {
    const whole = await (await fetch(href)).arrayBuffer();
    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', whole))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }, href!);
  expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
}

test('a line that is cut in the middle costs nothing that had come, and nobody does anything', async () => {
  const wire = await line(ada);
  wire.cut = PIECE;
  await ada.locator('input[type=file]').setInputFiles(film);
  await entry(ada).getByRole('status').getByText('No connection. It goes on by itself.').waitFor();
  await clean(ada);
  await picture(ada, 'upload-waits-en');
  // It has tried again meanwhile, and goes on as soon as it can.
  await expect.poll(() => wire.lost).toBeGreaterThan(1);
  wire.cut = undefined;
  await arrives(ada);
  expect(wire.sent, 'each byte went over the line once').toEqual([0, PIECE, 2 * PIECE]);
  await ada.unrouteAll({ behavior: 'wait' });
});

test('after a reload the same file goes on where it was', async () => {
  const wire = await line(bo);
  wire.cut = PIECE;
  await bo.locator('input[type=file]').setInputFiles(film);
  await entry(bo).getByText('连接中断，恢复后自动继续。').waitFor();
  await clean(bo);
  await picture(bo, 'upload-waits-zh');
  await bo.reload();
  wire.cut = undefined;
  await bo.locator('main textarea').waitFor();
  await bo.locator('input[type=file]').setInputFiles(film);
  await arrives(bo);
  expect(wire.sent, 'each byte went over the line once').toEqual([0, PIECE, 2 * PIECE]);
  await bo.unrouteAll({ behavior: 'wait' });
});

test('what is taken away in the middle is gone from the server too', async () => {
  const wire = await line(ada);
  wire.cut = PIECE;
  const begun = ada.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/uploads'));
  await ada.locator('input[type=file]').setInputFiles(film);
  const { id } = (await (await begun).json()) as { id: string };
  await entry(ada).getByRole('status').waitFor();
  const look = () => ada.evaluate(async (id) => (await fetch(`/api/uploads/${id}`)).status, id);
  expect(await look()).toBe(200);
  await ada.getByRole('button', { name: 'Take film.bin away' }).click();
  await expect.poll(look).toBe(404);
  expect(await entry(ada).count()).toBe(0);
});
