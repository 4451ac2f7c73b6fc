// What is begun and not sent, on two devices of one person: in English on a wide screen, in Chinese
// on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, choose, clean, message, picture, post, say, setUp, world, type World } from './world';

const PASSWORD = 'correct horse battery';

let here: World;
let wide: Page;
let phone: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  wide = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(wide, here, 'ada');
  await post(wide, '/api/rooms', { name: 'tea' });
  await wide.locator('nav a', { hasText: 'tea' }).waitFor();
  // Another browser altogether: nothing but the server is between the two.
  phone = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await phone.goto(here.url);
  await phone.locator('input[name=username]').fill('ada');
  await phone.locator('input[name=password]').fill(PASSWORD);
  await phone.locator('form button.primary').click();
  await phone.locator('main textarea').waitFor();
});

afterAll(async () => here?.end());

const written = (page: Page) => expect.poll(() => page.locator('main textarea').inputValue(), { timeout: 20_000 });

async function visit(page: Page, name: string): Promise<void> {
  await page.locator('nav a', { hasText: name }).click();
  await page.locator('h1', { hasText: name }).waitFor();
}

test('what one has begun in a room is there again when one comes back', async () => {
  await visit(wide, 'general');
  await wide.locator('main textarea').fill('Half a sentence about');
  await visit(wide, 'tea');
  await written(wide).toBe('');
  await visit(wide, 'general');
  await written(wide).toBe('Half a sentence about');
  await picture(wide, 'unsent-en');
});

test('another device goes on with it, and once it is sent it is nowhere', async () => {
  await written(phone).toBe('Half a sentence about');
  await phone.locator('main textarea').fill('Half a sentence about 茶');
  await written(wide).toBe('Half a sentence about 茶');
  await phone.getByRole('button', { name: '发送', exact: true }).click();
  await message(wide, 'Half a sentence about 茶').waitFor();
  await written(wide).toBe('');
  await wide.reload();
  await message(wide, 'Half a sentence about 茶').waitFor();
  await expect.poll(async () => (await ask<{ unsent: unknown[] }>(wide, 'GET', '/api/unsent')).unsent).toEqual([]);
  await written(wide).toBe('');
});

test('what was begun before one edits a message is there again afterwards', async () => {
  await wide.locator('main textarea').fill('still to be said');
  await choose(wide, 'Half a sentence about 茶', 'Edit');
  await written(wide).toBe('Half a sentence about 茶');
  await wide.keyboard.press('Escape');
  await written(wide).toBe('still to be said');
  await written(phone).toBe('still to be said');
  await phone.locator('main textarea').fill('');
  await written(wide).toBe('');
});

test('a thread keeps a reply of its own', async () => {
  const { message_id } = await post(wide, '/api/rooms/general/messages', { text: 'Where it begins.' });
  await post(wide, '/api/rooms/general/messages', { text: 'A reply.', reply_to: message_id });
  await choose(wide, 'A reply.', 'Open the thread');
  await wide.locator('[data-panel=thread] textarea').fill('begun in the thread');
  await written(wide).toBe('');
  const inThread = () => ask<{ unsent: { thread?: string; text: string }[] }>(wide, 'GET', '/api/unsent');
  await expect.poll(async () => (await inThread()).unsent.map(({ thread, text }) => [thread, text]), { timeout: 20_000 }).toEqual([[message_id, 'begun in the thread']]);
  await wide.reload();
  await expect.poll(() => wide.locator('[data-panel=thread] textarea').inputValue(), { timeout: 20_000 }).toBe('begun in the thread');
  await clean(wide);
  await picture(wide, 'unsent-thread-en');
  await wide.locator('[data-panel=thread] textarea').press('Enter');
  await message(wide, 'begun in the thread').first().waitFor();
  await expect.poll(async () => (await inThread()).unsent).toEqual([]);
});

test('without a server nothing that was typed is lost, and it is told once there is one', async () => {
  await wide.context().setOffline(true);
  await wide.locator('main textarea').fill('written in a tunnel');
  await wide.context().setOffline(false);
  await written(phone).toBe('written in a tunnel');
  await clean(phone);
  await picture(phone, 'unsent-zh');
  await say(phone, '已经写好了');
  await written(wide).toBe('');
});
