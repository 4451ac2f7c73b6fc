// What rings when a message comes, and when nothing does: in English on a wide screen, in Chinese on
// a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, clean, message, pair, picture, post, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
  for (const page of [ada, bo]) {
    await page.context().grantPermissions(['notifications']);
    // What the page asks of the system is written down; a test's machine has nobody who looks.
    await page.addInitScript(() => {
      const told: object[] = [];
      const sounds: number[] = [];
      Object.assign(window, { told, sounds });
      ServiceWorkerRegistration.prototype.showNotification = async (title, options) => void told.push({ title, body: options?.body, tag: options?.tag });
      const make = AudioContext.prototype.createOscillator;
      AudioContext.prototype.createOscillator = function () {
        sounds.push(Date.now());
        return make.call(this);
      };
      // Whether one looks at the page is said by the test.
      document.hasFocus = () => !document.documentElement.hasAttribute('data-elsewhere');
    });
    await page.reload();
    await page.locator('textarea').waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  }
});

afterAll(async () => here?.end());

type Told = { title: string; body: string; tag: string };
const told = (page: Page) => page.evaluate(() => (window as unknown as { told: Told[] }).told);
const sounds = (page: Page) => page.evaluate(() => (window as unknown as { sounds: number[] }).sounds.length);
const look = (page: Page, away: boolean) => page.evaluate((away) => document.documentElement.toggleAttribute('data-elsewhere', away), away);
const say = (page: Page, text: string) => post(page, '/api/rooms/general/messages', { text });

async function settings(page: Page, entry: string, tab: string): Promise<void> {
  if (await page.locator('.to-menu').first().isVisible()) await page.locator('.to-menu').first().click();
  await page.locator('.house button.plain').click();
  await page.getByRole('menuitem', { name: entry }).click();
  await page.getByRole('tab', { name: tab }).click();
}

test('notifications are asked for when one turns them on, and both are remembered', async () => {
  await settings(ada, 'Settings', 'Notifications');
  const desktop = ada.getByRole('checkbox', { name: /Notifications of the system/ });
  await desktop.waitFor();
  expect(await desktop.isChecked()).toBe(false);
  await desktop.check();
  await ada.getByRole('checkbox', { name: /A sound/ }).check();
  // One hears at once what it will be.
  await expect.poll(() => sounds(ada)).toBe(2);
  await clean(ada);
  await picture(ada, 'bell-settings-en');
  await ada.reload();
  await ada.getByRole('checkbox', { name: /A sound/ }).waitFor();
  expect(await desktop.isChecked()).toBe(true);
  await ada.keyboard.press('Escape');
});

test('a mention rings while one looks elsewhere, and what is not for one does not', async () => {
  await look(ada, true);
  await say(bo, 'nothing for anybody');
  await message(ada, 'nothing for anybody').waitFor();
  await say(bo, '@ada **tea** ||is poisoned||');
  const { id } = await ask<{ id: string }>(ada, 'GET', '/api/rooms/general');
  await expect.poll(() => told(ada)).toEqual([{ title: '小波 · #general', body: '@ada tea ▒▒▒', tag: id }]);
  expect(await sounds(ada)).toBe(2);
});

test('what one sees come rings not at all', async () => {
  await look(ada, false);
  await say(bo, '@ada while you look');
  await message(ada, 'while you look').waitFor();
  await look(ada, true);
  await say(bo, '@ada while you look away again');
  await expect.poll(async () => (await told(ada)).map(({ body }) => body)).toEqual(['@ada tea ▒▒▒', '@ada while you look away again']);
});

test('nothing rings while one is not to be disturbed, said on one device for all', async () => {
  const before = (await told(ada)).length;
  await settings(ada, 'Settings', 'Notifications');
  await ada.getByRole('button', { name: 'For an hour' }).click();
  await ada.getByText(/^Quiet until/).waitFor();
  await look(ada, true);
  await say(bo, '@ada in the quiet');
  await message(ada, 'in the quiet').waitFor();
  expect((await told(ada)).length).toBe(before);
  await ada.getByRole('button', { name: 'End now' }).click();
  await ada.getByRole('button', { name: 'For an hour' }).waitFor();
  // Hours of the day that hold now.
  const minute = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
  await ask(ada, 'PUT', '/api/notifications', { quiet_hours: { from: (minute + 1380) % 1440, to: (minute + 60) % 1440, time_zone: 'UTC' } });
  await ada.getByText('Quiet right now.').waitFor();
  await say(bo, '@ada at night');
  await message(ada, 'at night').waitFor();
  expect((await told(ada)).length).toBe(before);
  await ask(ada, 'PUT', '/api/notifications', {});
  await expect.poll(() => ada.getByRole('checkbox', { name: 'Every day at the same hours' }).isChecked()).toBe(false);
  await say(bo, '@ada awake');
  await expect.poll(async () => (await told(ada)).at(-1)?.body).toBe('@ada awake');
  await ada.keyboard.press('Escape');
});

test('on a phone in Chinese the hours of quiet are set, and a room’s level is respected', async () => {
  await settings(bo, '设置', '通知');
  await bo.getByRole('checkbox', { name: /系统通知/ }).check();
  await bo.getByRole('checkbox', { name: '每天固定时段' }).check();
  const from = bo.getByLabel('从', { exact: true });
  await from.waitFor();
  await from.fill('23:15');
  await from.blur();
  await expect.poll(() => ask<{ quiet_hours?: { from: number; to: number } }>(bo, 'GET', '/api/notifications').then(({ quiet_hours }) => quiet_hours?.from)).toBe(23 * 60 + 15);
  await clean(bo);
  await picture(bo, 'bell-settings-zh');
  await bo.getByRole('checkbox', { name: '每天固定时段' }).uncheck();
  await expect.poll(() => ask<{ quiet_hours?: object }>(bo, 'GET', '/api/notifications').then(({ quiet_hours }) => quiet_hours)).toBe(undefined);
  await bo.keyboard.press('Escape');
  await look(bo, true);
  await ask(bo, 'PUT', '/api/rooms/general/notifications', { level: 'nothing' });
  await bo.getByRole('button', { name: '通知：不通知', includeHidden: true }).first().waitFor({ state: 'attached' });
  await say(ada, '@小波 不要打扰');
  await message(bo, '不要打扰').waitFor();
  await ask(bo, 'PUT', '/api/rooms/general/notifications', { level: 'everything' });
  await bo.getByRole('button', { name: '通知：所有消息', includeHidden: true }).first().waitFor({ state: 'attached' });
  await say(ada, 'now everything');
  await expect.poll(async () => (await told(bo)).map(({ title, body }) => `${title}: ${body}`)).toEqual(['ada · #general: now everything']);
});

test('the title counts what is unread, but not in a quiet room', async () => {
  const { id } = await post<{ id: string }>(ada, '/api/rooms', { name: 'tea' });
  await post(ada, '/api/commands/invite', { room: id, args: { user: '小波' } });
  await bo.locator('nav a', { hasText: 'tea' }).waitFor({ state: 'attached' });
  await post(ada, `/api/rooms/${id}/messages`, { text: 'one' });
  await expect.poll(() => bo.title()).toMatch(/^\(1\) /);
  await ask(bo, 'PUT', `/api/rooms/${id}/notifications`, { level: 'nothing' });
  await expect.poll(() => bo.title()).not.toMatch(/^\(/);
});
