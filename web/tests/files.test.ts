// Files in the client: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, clean, drawn, message, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

const send = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('several files go with one message: pictures in their space, the rest as cards', async () => {
  await ada.locator('input[type=file]').setInputFiles([
    { name: 'leaf.png', mimeType: 'image/png', buffer: await drawn(ada, '#2f6f62', 900, 600) },
    { name: '茶.png', mimeType: 'image/png', buffer: await drawn(ada, '#8a4f10', 600, 900) },
    { name: 'recipe.txt', mimeType: 'text/plain', buffer: Buffer.from('Water, leaves, patience.') },
  ]);
  await expect.poll(() => ada.locator('form li').count()).toBe(3);
  await expect.poll(() => ada.locator('form progress').count()).toBe(0);
  await clean(ada);
  await picture(ada, 'tray-en');
  await ada.locator('main textarea').fill('three things for tea');
  await send(ada, 'Send').click();
  for (const page of [ada, bo]) {
    const one = message(page, 'three things for tea');
    await expect.poll(() => one.locator('img').evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length)).toBe(2);
    await one.getByRole('link', { name: /recipe\.txt/ }).waitFor();
    await clean(page);
    await picture(page, page === ada ? 'files-en' : 'files-zh');
  }
  expect(await ada.getByText('Nothing has been said').count()).toBe(0);
  const got = await bo.evaluate(async (href) => (await fetch(href!)).text(), await message(bo, 'three things').getByRole('link', { name: /recipe/ }).getAttribute('href'));
  expect(got).toBe('Water, leaves, patience.');
});

test('pictures open large, and the arrows go to their neighbours', async () => {
  await message(ada, 'three things').locator('.picture').first().click();
  const gallery = ada.getByRole('dialog', { name: 'Pictures' });
  await gallery.getByText('1 of 2').waitFor();
  await ada.keyboard.press('ArrowRight');
  await gallery.getByText('2 of 2').waitFor();
  await gallery.getByText('茶.png').waitFor();
  await expect.poll(() => gallery.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await clean(ada);
  await picture(ada, 'gallery-en');
  await ada.keyboard.press('Escape');
  await gallery.waitFor({ state: 'detached' });
  await message(bo, 'three things').locator('.picture').nth(1).click();
  await bo.getByText('第 2 张，共 2 张').waitFor();
  await clean(bo);
  await picture(bo, 'gallery-zh');
  await bo.keyboard.press('Escape');
});

test('a picture is pasted, a file is dropped, and what is not wanted goes', async () => {
  await ada.locator('main textarea').evaluate((box) => {
    const data = new DataTransfer();
    data.items.add(new File(['pasted words'], 'pasted.txt', { type: 'text/plain' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await ada.locator('form li', { hasText: 'pasted.txt' }).waitFor();
  await ada.locator('main').evaluate((main) => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped words'], 'dropped.txt', { type: 'text/plain' }));
    for (const type of ['dragenter', 'dragover', 'drop']) main.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await ada.locator('form li', { hasText: 'dropped.txt' }).waitFor();
  await ada.getByRole('button', { name: 'Take pasted.txt away' }).click();
  await expect.poll(() => ada.locator('form li').count()).toBe(1);
  // Without a word.
  await expect.poll(() => send(ada, 'Send').isEnabled()).toBe(true);
  await send(ada, 'Send').click();
  await message(bo, 'dropped.txt').waitFor();
  expect(await message(bo, 'pasted.txt').count()).toBe(0);
});

test('an upload that fails says so and is tried again', async () => {
  let fails = true;
  await bo.route('**/api/rooms/*/files?**', (route) => (fails ? route.abort() : route.continue()));
  await bo.locator('input[type=file]').setInputFiles({ name: 'late.txt', mimeType: 'text/plain', buffer: Buffer.from('late') });
  const entry = bo.locator('form li', { hasText: 'late.txt' });
  await entry.getByRole('alert').waitFor();
  expect(await send(bo, '发送').isDisabled()).toBe(true);
  await picture(bo, 'tray-zh');
  fails = false;
  await entry.getByRole('button', { name: '重试' }).click();
  await expect.poll(() => send(bo, '发送').isEnabled()).toBe(true);
  await send(bo, '发送').click();
  await message(ada, 'late.txt').waitFor();
});

test('a room’s files stand in a panel and lead to their messages; what is deleted is gone', async () => {
  for (let n = 0; n < 30; n++) await say(bo, `leaf ${n}.`);
  await message(ada, 'leaf 29.').waitFor();
  const room = new URL(ada.url()).pathname;
  for (const page of [ada, bo]) {
    await page.goto(`${here.url}${room}?panel=files`);
    const panel = page.locator('[data-panel=files]');
    await panel.getByText('late.txt').waitFor();
    await expect.poll(() => panel.locator('img').count()).toBe(2);
    await clean(page);
    await picture(page, page === ada ? 'files-panel-en' : 'files-panel-zh');
    await panel.getByRole('checkbox').check();
    await expect.poll(() => panel.getByText('late.txt').count()).toBe(0);
    await panel.locator('.from').last().click();
    await page.locator('.message.found', { hasText: 'three things' }).waitFor();
  }
  const one = message(ada, 'three things');
  const address = await one.locator('img').first().getAttribute('src');
  await one.hover();
  await one.getByRole('button', { name: 'Delete', exact: true }).click();
  await agree(ada);
  await expect.poll(() => bo.locator('.message img').count()).toBe(0);
  await expect.poll(() => bo.evaluate(async (address) => (await fetch(address!)).status, address)).toBe(404);
});
