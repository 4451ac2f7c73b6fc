// How long a room keeps its messages: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, ask, clean, message, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Nothing to say.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

const open = async (page: Page, menu: string, name: string) => {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitem', { name }).click();
};

test('an admin says how long messages are kept, and everybody reads it', async () => {
  await say(ada, 'Something for later');
  await open(ada, 'About this room', 'Keep messages');
  const panel = ada.locator('[data-panel=keep]');
  await panel.getByRole('radio', { name: 'For a number of days' }).check();
  await panel.getByRole('spinbutton', { name: 'Days' }).fill('30');
  await clean(ada);
  await picture(ada, 'keep-en');
  await panel.getByRole('button', { name: 'Save' }).click();
  await ada.getByRole('dialog', { name: 'Save' }).getByText('Keep messages here for 30 days?').waitFor();
  await agree(ada);
  await panel.waitFor({ state: 'detached' });
  await ada.getByText('@ada has messages kept here for 30 days').waitFor();
  await bo.getByText('@ada 将这里的消息保留时间设为 30 天').waitFor();
  await message(bo, 'Something for later').waitFor();
});

test('whoever administers on a phone does it there, and others are not offered it', async () => {
  await bo.getByRole('button', { name: '关于此聊天室' }).click();
  await bo.getByRole('menuitem').first().waitFor();
  expect(await bo.getByRole('menuitem', { name: '消息保留' }).count()).toBe(0);
  await bo.keyboard.press('Escape');
  await ask(ada, 'PATCH', `/api/admin/users/${encodeURIComponent('小波')}`, { role: 'admin' });
  await bo.reload();
  await open(bo, '关于此聊天室', '消息保留');
  const panel = bo.locator('[data-panel=keep]');
  await expect.poll(() => panel.getByRole('spinbutton', { name: '天数' }).inputValue()).toBe('30');
  await clean(bo);
  await picture(bo, 'keep-zh');
  await panel.getByRole('radio', { name: '永久保留' }).check();
  await panel.getByRole('button', { name: '保存' }).click();
  await panel.waitFor({ state: 'detached' });
  await ada.getByText('@小波 has messages kept here for ever').waitFor();
});
