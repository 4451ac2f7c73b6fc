// Muting, removing and banning from the list of members and from a message: the moderator in English
// on a wide screen, whom it meets in Chinese on a phone.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, choose, clean, message, pair, picture, post, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here, { hasTouch: true, isMobile: true }));
});

afterAll(async () => here?.end());

const row = (page: Page, handle: string) => page.locator(`[data-member="${handle}"]`);

/** Opens what one may do with a member by the keyboard, and tells what it is. */
async function options(page: Page, handle: string): Promise<string[]> {
  await row(page, handle).getByRole('button', { name: /^Options for|的选项$/ }).press('Enter');
  return labels(page);
}

async function labels(page: Page): Promise<string[]> {
  const items = page.locator(':popover-open').getByRole('menuitem');
  await items.first().waitFor();
  return items.allInnerTexts();
}

const item = (page: Page, name: string): Locator => page.locator(':popover-open').getByRole('menuitem', { name, exact: true });

async function inBothLights(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await clean(page);
    await picture(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** A finger that rests on something until what it asks for is there. */
async function rest(on: Locator, until: Locator): Promise<void> {
  const at = { bubbles: true, pointerType: 'touch', clientX: 40, clientY: 40 };
  await on.dispatchEvent('pointerdown', at);
  await until.waitFor();
  await on.dispatchEvent('pointerup', at);
}

test('a member writes to others and mentions them, and is offered nothing that moderators do', async () => {
  await bo.getByRole('button', { name: '显示成员' }).click();
  const panel = bo.locator('[data-panel=members]');
  await row(bo, 'ada').waitFor();
  expect(await row(bo, '小波').getByRole('button', { name: /的选项$/ }).count(), 'nothing for oneself').toBe(0);
  await rest(row(bo, 'ada').locator('.person'), item(bo, '提及 @ada'));
  expect(await labels(bo)).toEqual(['私聊 @ada', '提及 @ada']);
  await inBothLights(bo, 'member-zh');
  await item(bo, '提及 @ada').click();
  await panel.waitFor({ state: 'detached' });
  await expect.poll(() => bo.locator('textarea').inputValue()).toBe('@ada ');
  await say(bo, '@ada 早上好');
  await message(ada, '早上好').waitFor();
  await say(ada, 'Good morning.');
  const other = message(bo, 'Good morning.').first();
  await other.focus();
  await other.press('Enter');
  const offered = await labels(bo);
  expect(offered.filter((label) => /禁言|移出/.test(label)), offered.join()).toEqual([]);
  await bo.keyboard.press('Escape');
});

test('whoever is muted reads until when, and writes again once it is lifted', async () => {
  expect(await options(ada, '小波')).toEqual(['Write to @小波', 'Mention @小波', 'Mute @小波…', 'Remove @小波 from the room…', 'Ban @小波…']);
  await inBothLights(ada, 'member-en');
  await item(ada, 'Mute @小波…').click();
  const dialog = ada.getByRole('dialog', { name: 'Mute @小波 in #general' });
  await dialog.getByRole('radio', { name: '1 hour' }).check();
  await inBothLights(ada, 'mute-en');
  await dialog.getByRole('button', { name: 'Mute', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await row(ada, '小波').getByText(/^Muted until (tomorrow )?\d/).waitFor();
  await bo.getByText(/你在本聊天室被禁言至(今天|明天)/).waitFor();
  await inBothLights(bo, 'muted-zh');
  await inBothLights(ada, 'muted-en');

  // It is there after a reload too, beside a thread as well, and what is said all the same is not lost.
  const { room, message_id } = await post(ada, '/api/rooms/general/messages', { text: 'Where shall we meet?' });
  await post(ada, '/api/rooms/general/messages', { text: 'At the lake?', reply_to: message_id });
  await bo.goto(`${here.url}/room/${room}?panel=thread&of=${message_id}`);
  await bo.locator('[data-panel=thread]').getByText(/你在本聊天室被禁言至/).waitFor();
  await inBothLights(bo, 'muted-thread-zh');
  await bo.goto(`${here.url}/room/${room}`);
  await bo.locator('main').getByText(/你在本聊天室被禁言至/).waitFor();
  await say(bo, '听得到吗');
  await bo.getByRole('button', { name: '重试' }).waitFor();

  expect(await options(ada, '小波')).toContain('Let @小波 write again');
  await item(ada, 'Let @小波 write again').click();
  await bo.getByText(/你在本聊天室被禁言/).waitFor({ state: 'detached' });
  await row(ada, '小波').getByText(/^Muted/).waitFor({ state: 'detached' });
  await bo.getByRole('button', { name: '重试' }).click();
  await message(ada, '听得到吗').waitFor();
});

test('a mute without an end says that somebody must lift it', async () => {
  await choose(ada, '听得到吗', 'Mute @小波…');
  const dialog = ada.getByRole('dialog', { name: 'Mute @小波 in #general' });
  await dialog.getByRole('radio', { name: 'Until it is lifted (a year at most)' }).check();
  await dialog.getByRole('button', { name: 'Mute', exact: true }).click();
  await row(ada, '小波').getByText('Muted until it is lifted').waitFor();
  await bo.getByText('你在本聊天室被禁言，直到管理者解除').waitFor();
  await options(ada, '小波');
  await item(ada, 'Let @小波 write again').click();
  await bo.getByText(/你在本聊天室被禁言/).waitFor({ state: 'detached' });
});

test('whoever is removed by the menu of a message is told, and comes back', async () => {
  await choose(ada, '听得到吗', 'Remove @小波 from the room…');
  const dialog = ada.getByRole('dialog', { name: 'Remove @小波 from #general' });
  await inBothLights(ada, 'kick-en');
  const told = bo.getByText('@ada 已将你移出 #general。').waitFor();
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await told;
  await ada.getByText('@ada removed @小波').waitFor();
  await row(ada, '小波').waitFor({ state: 'detached' });
  await inBothLights(bo, 'removed-zh');
  await bo.getByRole('button', { name: '加入', exact: true }).last().click();
  await bo.locator('textarea').waitFor();
  await say(bo, '我回来了');
  await message(ada, '我回来了').waitFor();
});

test('whoever is banned stays out until the ban is lifted', async () => {
  await options(ada, '小波');
  await item(ada, 'Ban @小波…').click();
  const dialog = ada.getByRole('dialog', { name: 'Ban @小波 from #general' });
  await dialog.getByRole('textbox', { name: /^Reason/ }).fill('sells pills');
  await inBothLights(ada, 'ban-en');
  const told = bo.getByText('@ada 已将你封禁，你不能再进入 #general。 理由：sells pills').waitFor();
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await told;
  await ada.getByText('@ada banned @小波').waitFor();
  await ada.locator('[data-banned="小波"]').getByText(/^by @ada, today /).waitFor();
  await inBothLights(ada, 'banned-en');
  await inBothLights(bo, 'banned-zh');
  const knock = () => bo.evaluate(async () => (await fetch('/api/commands/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ args: { room: 'general' } }) })).status);
  expect(await knock()).toBe(403);
  await ada.getByRole('button', { name: 'Lift the ban of @小波' }).click();
  await ada.locator('[data-banned="小波"]').waitFor({ state: 'detached' });
  expect(await knock()).toBe(201);
  await row(ada, '小波').waitFor();
});

test('whoever made a room moderates it, but nobody above them', async () => {
  const { id } = await post<{ id: string }>(bo, '/api/rooms', { name: 'tea', kind: 'private', members: ['ada', 'assistant'] });
  await bo.goto(`${here.url}/room/${id}`);
  await bo.getByRole('button', { name: '显示成员' }).click();
  expect(await options(bo, 'ada')).toEqual(['私聊 @ada', '提及 @ada']);
  await bo.keyboard.press('Escape');
  expect(await options(bo, 'assistant')).toEqual(['私聊 @assistant', '提及 @assistant', '禁言 @assistant…', '将 @assistant 移出聊天室…', '封禁 @assistant…']);
  await inBothLights(bo, 'maker-zh');
  await item(bo, '将 @assistant 移出聊天室…').click();
  const dialog = bo.getByRole('dialog', { name: '将 @assistant 移出 #tea' });
  await dialog.getByText('只有再次受到邀请，对方才能回来。').waitFor();
  await inBothLights(bo, 'kick-zh');
  await dialog.getByRole('button', { name: '移出', exact: true }).click();
  await row(bo, 'assistant').waitFor({ state: 'detached' });
});

test('every such act stands in the log of moderation', async () => {
  const { acts } = await ask<{ acts: { act: string; user?: string }[] }>(ada, 'GET', '/api/admin/moderation');
  expect(acts.map(({ act, user }) => `${act} ${user}`).reverse()).toEqual([
    'mute 小波', 'unmute 小波', 'mute 小波', 'unmute 小波', 'kick 小波', 'ban 小波', 'unban 小波', 'kick assistant',
  ]);
  await ada.locator('.house button').click();
  await ada.getByRole('menuitem', { name: 'Administration' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByRole('tab', { name: 'Moderation' }).click();
  await dialog.getByText('banned @小波 from #general').waitFor();
  await dialog.getByText('sells pills').waitFor();
  await clean(ada);
});
