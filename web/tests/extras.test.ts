// What people keep of messages: pinned, saved, passed on, and what they said before. In English on a
// wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose, clean, message, pair, picture, post, say, type World, world } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
  await post(ada, '/api/rooms', { name: 'tea', kind: 'private' });
});

afterAll(async () => here?.end());

/** Does what one can do with a message, by the menu that its own key opens. */
async function openPanel(page: Page, room: boolean, name: string): Promise<void> {
  if (room) {
    await page.getByRole('button', { name: /^(About this room|关于此聊天室)$/ }).click();
    await page.getByRole('menuitem', { name }).click();
  } else {
    if (await page.locator('.to-menu').first().isVisible()) await page.locator('.to-menu').first().click();
    await page.locator('button.entry', { hasText: name }).click();
  }
}

test('what somebody pins stands in the panel of everybody, until it is taken away', async () => {
  await say(ada, 'The kettle is in the second cupboard.');
  await message(bo, 'second cupboard').waitFor();
  await choose(bo, 'second cupboard', '置顶');
  await message(ada, 'second cupboard').getByText('Pinned by 小波').waitFor();
  await openPanel(ada, true, 'Pinned');
  const panel = ada.locator('[data-panel=pins]');
  await panel.locator('.hit', { hasText: 'second cupboard' }).waitFor();
  await clean(ada);
  await picture(ada, 'pins-en');
  await openPanel(bo, true, '置顶消息');
  await bo.locator('[data-panel=pins] .hit', { hasText: 'second cupboard' }).waitFor();
  await clean(bo);
  await picture(bo, 'pins-zh');
  await panel.getByRole('button', { name: 'Unpin' }).click();
  await panel.getByText('Nothing is pinned here.').waitFor();
  await bo.locator('[data-panel=pins]').getByText('这里没有置顶消息').waitFor();
  await bo.goBack();
  await expect.poll(() => message(ada, 'second cupboard').getByText('Pinned by').count()).toBe(0);
});

test('what one saves is listed for oneself on every device', async () => {
  const other = await bo.context().newPage();
  await other.goto(bo.url());
  await other.locator('textarea').waitFor();
  await openPanel(other, false, '收藏');
  await other.getByText('还没有收藏').waitFor();
  await choose(bo, 'second cupboard', '收藏');
  const panel = other.locator('[data-panel=saved]');
  await panel.locator('.hit', { hasText: 'second cupboard' }).waitFor();
  await picture(other, 'saved-zh');
  await clean(other);
  await choose(bo, 'second cupboard', '取消收藏');
  await panel.getByText('还没有收藏').waitFor();
  await other.close();
});

test('an edited message shows every text that it had', async () => {
  await say(ada, 'Tea at three.');
  await message(ada, 'Tea at three.').waitFor();
  await choose(ada, 'Tea at three.', 'Edit');
  await say(ada, 'Tea at **four**.');
  const edited = message(bo, 'Tea at four.');
  await edited.getByRole('button', { name: '已编辑' }).click();
  const dialog = bo.getByRole('dialog', { name: '修改记录' });
  await dialog.getByText('Tea at three.').waitFor();
  expect(await dialog.locator('li').count()).toBe(2);
  await clean(bo);
  await picture(bo, 'versions-zh');
  await bo.keyboard.press('Escape');
  await message(ada, 'Tea at four.').getByRole('button', { name: 'edited' }).click();
  await ada.getByRole('dialog').getByText('Tea at three.').waitFor();
  await picture(ada, 'versions-en');
  await ada.keyboard.press('Escape');
});

test('a message is passed on, and names its source to those alone who may read that', async () => {
  const made = await post(ada, '/api/rooms/tea/messages', { text: 'Secret blend number nine' });
  await ada.goto(`${here.url}/room/${made.room}?m=${made.seq}`);
  await message(ada, 'number nine').waitFor();
  await choose(ada, 'number nine', 'Forward');
  const dialog = ada.getByRole('dialog', { name: 'Forward to' });
  await dialog.getByRole('searchbox').fill('gen');
  await clean(ada);
  await picture(ada, 'forward-en');
  await dialog.getByRole('button', { name: 'general' }).click();
  await dialog.waitFor({ state: 'detached' });
  const copy = message(bo, 'number nine');
  await copy.getByText('转发的消息').waitFor();
  expect(await copy.getByText('tea').count()).toBe(0);
  await picture(bo, 'forwarded-zh');
  await ada.locator('nav a', { hasText: 'general' }).click();
  await message(ada, 'number nine').getByRole('button', { name: 'Forwarded from @ada in #tea' }).click();
  await ada.locator('.message.found', { hasText: 'number nine' }).waitFor();
  await ada.locator('h1', { hasText: 'tea' }).waitFor();
});

test('a reply quotes what it answers, however far back that stands', async () => {
  await ada.locator('nav a', { hasText: 'general' }).click();
  await ada.locator('h1', { hasText: 'general' }).waitFor();
  const first = await post(ada, '/api/rooms/general/messages', { text: 'Who has the long spoon?' });
  for (let n = 1; n <= 60; n++) await post(ada, '/api/rooms/general/messages', { text: `line ${n}` });
  await post(ada, '/api/rooms/general/messages', { text: 'I have it.', reply_to: first.message_id });
  const fresh = await bo.context().newPage();
  await fresh.goto(`${here.url}/`);
  const quote = message(fresh, 'I have it.').getByRole('button', { name: /Who has the long spoon\?/ });
  await quote.waitFor();
  await quote.click();
  await fresh.locator('.message.found', { hasText: 'Who has the long spoon?' }).waitFor();
  await fresh.close();
});
