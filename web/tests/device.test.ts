// What the device keeps: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, pair, picture, post, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

const databases = (page: Page) => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.startsWith('salon-')));

/** The texts that the device keeps, by their rooms. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const texts: Record<string, string[]> = {};
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((found, failed) => {
        const request = indexedDB.open(name!);
        request.onsuccess = () => found(request.result);
        request.onerror = failed;
      });
      const rooms = await new Promise<{ id: string; items: { text?: string }[] }[]>((found) => {
        const request = database.transaction('rooms').objectStore('rooms').getAll();
        request.onsuccess = () => found(request.result);
      });
      database.close();
      for (const { id, items } of rooms) texts[id] = items.flatMap(({ text }) => text ?? []);
    }
    return texts;
  });

test('a page that cannot reach the server opens with what the device has, and goes on once it can', async () => {
  await say(ada, 'kept for later');
  for (const page of [ada, bo]) {
    await message(page, 'kept for later').waitFor();
    await expect.poll(async () => Object.values(await kept(page)).flat(), { timeout: 10_000 }).toContain('kept for later');
    await page.route('**/api/**', (route) => route.abort());
    await page.routeWebSocket('**/api/ws**', (socket) => socket.close());
    await page.reload();
    await message(page, 'kept for later').waitFor();
    await page.locator('.banner').waitFor();
    await picture(page, page === ada ? 'offline-en' : 'offline-zh');
  }
  await ada.unrouteAll();
  const other = await ada.context().newPage();
  await other.goto(ada.url());
  await message(other, 'kept for later').waitFor();
  await say(other, 'said meanwhile');
  await message(other, 'said meanwhile').waitFor();
  await other.reload();
  await message(other, 'said meanwhile').waitFor();
  await other.close();
});

test('without a network the page itself opens, and what was written then goes out later, even from another page', async () => {
  const page = await ada.context().newPage();
  await page.goto(here.url);
  await message(page, 'kept for later').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).length)).toBe(1);
  await page.context().setOffline(true);
  await page.reload();
  await message(page, 'kept for later').waitFor();
  await say(page, 'written on the train');
  await page.locator('.pending', { hasText: 'written on the train' }).waitFor();
  await page.reload();
  await page.locator('.pending', { hasText: 'written on the train' }).waitFor();
  await page.context().setOffline(false);
  await message(page, 'written on the train').waitFor({ timeout: 30_000 });
  // Everybody is told before the ack, which lets go of it.
  await expect.poll(() => page.locator('.pending').count()).toBe(0);
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('salon.unsent')))).toEqual([]);
  const manifest = await page.evaluate(async () => (await fetch('/manifest.webmanifest')).json());
  const icons = await page.evaluate(async (icons: { src: string }[]) => Promise.all(icons.map(async ({ src }) => (await fetch(src)).headers.get('content-type'))), manifest.icons);
  expect(icons).toEqual(['image/svg+xml', 'image/png', 'image/png', 'image/png']);
  await page.close();
});

test('a link to what came meanwhile finds it once in a room of which the device has nothing but that it is empty', async () => {
  const { id } = await post<{ id: string }>(ada, '/api/rooms', { name: 'quiet' });
  const page = await ada.context().newPage();
  await page.goto(`${here.url}/room/${id}`);
  await page.locator('h1', { hasText: 'quiet' }).waitFor();
  await expect.poll(() => kept(page), { timeout: 10_000 }).toMatchObject({ [id]: [] });
  await page.goto('about:blank');
  const { seq } = await post(ada, `/api/rooms/${id}/messages`, { text: 'meanwhile' });
  let fetched = () => {};
  const held = new Promise<void>((go) => (fetched = go));
  // The page around the message is there before what was missed.
  await page.route(`**/api/rooms/${id}/events**`, async (route) => (await held, route.continue()));
  await page.goto(`${here.url}/room/${id}?m=${seq}`);
  setTimeout(fetched, 1_000);
  await page.locator('.message.found', { hasText: 'meanwhile' }).waitFor();
  await held;
  await say(page, 'said next');
  await message(page, 'said next').waitFor();
  expect(await page.locator('.message').allInnerTexts()).toEqual([expect.stringContaining('meanwhile'), expect.stringContaining('said next')]);
  await page.close();
});

test('whoever signs out leaves nothing on the device', async () => {
  const page = await bo.context().newPage();
  await page.goto(here.url);
  await message(page, 'kept for later').waitFor();
  await expect.poll(() => databases(page)).toHaveLength(1);
  expect(await page.evaluate(() => localStorage.getItem('salon.kept'))).not.toBeNull();
  await bo.close();
  await page.locator('.to-menu').first().click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.locator('input[name=password]').waitFor();
  await expect.poll(() => databases(page)).toEqual([]);
  expect(await page.evaluate(() => localStorage.getItem('salon.kept'))).toBeNull();
});
