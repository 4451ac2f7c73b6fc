// Messages that are sent later, and reminders: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, message, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

async function openPanel(page: Page, name: string): Promise<void> {
  if (await page.locator('.to-menu').first().isVisible()) await page.locator('.to-menu').first().click();
  await page.locator('button.entry', { hasText: name }).click();
}

test('what is written is sent later, listed, changed and cancelled', async () => {
  await ada.locator('textarea').first().fill('Happy new year!');
  await ada.getByRole('button', { name: 'Send later' }).click();
  const dialog = ada.getByRole('dialog', { name: 'Send later' });
  await dialog.getByText('Tomorrow morning').waitFor();
  await clean(ada);
  await picture(ada, 'send-later-en');
  await dialog.getByRole('button', { name: /In three hours/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => ada.locator('main textarea').inputValue()).toBe('');
  await openPanel(ada, 'Planned');
  const panel = ada.locator('[data-panel=later]');
  await panel.getByText('Happy new year!').waitFor();
  expect(await message(ada, 'Happy new year!').count()).toBe(0);
  await panel.getByRole('button', { name: 'Edit' }).click();
  await ada.getByRole('dialog').locator('textarea').fill('Happy new tea!');
  await ada.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Happy new tea!').waitFor();
  await clean(ada);
  await picture(ada, 'planned-en');
  await panel.getByRole('button', { name: 'Cancel it' }).click();
  await panel.getByText('Nothing is planned.').waitFor();
});

test('a reminder comes, waits in the panel and leads to its message', async () => {
  await say(ada, 'The shop closes at six.');
  const found = message(bo, 'The shop closes at six.');
  await found.waitFor();
  await found.focus();
  await found.press('Enter');
  await bo.getByRole('menuitem', { name: '提醒我', exact: true }).click();
  const dialog = bo.getByRole('dialog', { name: '提醒我' });
  await dialog.getByText('明天上午').waitFor();
  await clean(bo);
  await picture(bo, 'remind-zh');
  await dialog.getByRole('button', { name: /半小时后/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await say(bo, '/提醒 1秒后 关店');
  await bo.getByRole('alert').getByText('提醒：关店').waitFor();
  await openPanel(bo, '计划');
  const panel = bo.locator('[data-panel=later]');
  await panel.locator('.waits', { hasText: '关店' }).waitFor();
  await panel.getByText('The shop closes at six.').waitFor();
  await clean(bo);
  await picture(bo, 'planned-zh');
  await panel.locator('.waits').getByRole('button', { name: '完成' }).click();
  await expect.poll(() => panel.locator('.waits').count()).toBe(0);
  await panel.locator('li', { hasText: 'The shop closes' }).getByRole('button', { name: '#general' }).click();
  await bo.locator('.message.found', { hasText: 'The shop closes at six.' }).waitFor();
});
