// Slow mode, removal with a reason, reports and the log of moderation: in English on a wide screen,
// in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose, clean, message, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here, { colorScheme: 'dark' }));
});

afterAll(async () => here?.end());

test('a report reaches the moderator, who removes the message with a reason, and its writer is told', async () => {
  await say(ada, 'Buy my pills!');
  await choose(bo, 'Buy my pills!', '举报');
  const dialog = bo.getByRole('dialog', { name: '举报 @ada 的消息' });
  await dialog.locator('textarea').fill('广告');
  await clean(bo);
  await picture(bo, 'report-zh');
  await dialog.getByRole('button', { name: '举报', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });

  await ada.getByRole('button', { name: 'Open reports: 1' }).click();
  const panel = ada.locator('[data-panel=reports]');
  await panel.getByText('@小波: 广告').waitFor();
  await clean(ada);
  await picture(ada, 'reports-en');
  await panel.getByRole('button', { name: 'Remove', exact: true }).click();
  const removing = ada.getByRole('dialog', { name: 'Remove a message of @ada' });
  await removing.locator('textarea').fill('advertising');
  await picture(ada, 'remove-en');
  await removing.getByRole('button', { name: 'Remove', exact: true }).click();
  await panel.getByText('Nothing is reported.').waitFor();
  await expect.poll(() => ada.getByRole('button', { name: /Open reports/ }).count()).toBe(0);
  await bo.getByText('你举报的消息已被移除，谢谢。').waitFor();
  await bo.locator('.to-menu').first().waitFor();
  await bo.getByRole('button', { name: '关于此聊天室' }).click();
  await bo.getByRole('menuitem', { name: '举报', exact: true }).click();
  await bo.locator('[data-panel=reports]').getByText('@ada 移除了这条消息。').waitFor();
  await clean(bo);
  await picture(bo, 'reports-zh');
  await bo.goBack();
});

test('a message that a moderator removes says by whom and why', async () => {
  await say(bo, '这是广告');
  await choose(ada, '这是广告', 'Remove');
  const dialog = ada.getByRole('dialog', { name: 'Remove a message of @小波' });
  await dialog.locator('textarea').fill('please no ads');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await ada.getByText('Removed by ada: please no ads').waitFor();
  await bo.getByText('已被 ada 移除：please no ads').waitFor();
  await picture(bo, 'removed-zh');
});

test('slow mode says how often one may write, and when again', async () => {
  await say(ada, '/slow 5m');
  await ada.getByText('@ada slowed the room down: one message every 5 min').waitFor();
  await bo.getByText('慢速模式：每 5 分钟一条消息').last().waitFor();
  await say(bo, '第一条');
  await message(bo, '第一条').waitFor();
  await say(bo, '第二条');
  await bo.getByRole('alert').getByText('本聊天室已开启慢速模式').waitFor();
  await clean(bo);
  await picture(bo, 'slow-zh');
  await say(ada, 'one');
  await say(ada, 'two');
  await message(ada, 'two').waitFor();
  await picture(ada, 'slow-en');
  await say(ada, '/slow off');
  await bo.getByText('@ada 关闭了慢速模式').waitFor();
  await bo.getByRole('button', { name: '重试' }).click();
  await message(ada, '第二条').waitFor();
});

test('admins read what moderators did', async () => {
  await ada.locator('.house button').click();
  await ada.getByRole('menuitem', { name: 'Administration' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByRole('tab', { name: 'Moderation' }).click();
  await dialog.getByText('removed a message of @小波 in #general').waitFor();
  await dialog.getByText('please no ads').waitFor();
  expect(await dialog.locator('[data-act=slow]').count()).toBe(2);
  await clean(ada);
  await picture(ada, 'moderation-en');
});
