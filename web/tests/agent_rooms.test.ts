// Rooms whose makers are no admins: they say what AI members may spend there and decide what agents
// may do there; each in English on a wide screen and in Chinese on a phone.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, invitation, joinBy, message, picture, say, setUp, world, type World } from './world';

let here: World;
let trap: Server;
let caught = 0;
/** The owner, who is in neither room. */
let ada: Page;
/** A member on a wide screen, in English. */
let cy: Page;
/** A member on a phone, in Chinese. */
let bo: Page;

beforeAll(async () => {
  trap = createServer((_, response) => {
    caught += 1;
    response.end();
  });
  await new Promise<void>((listening) => trap.listen(0, '127.0.0.1', listening));
  const bait = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  here = await world((question) => {
    if (question.startsWith('after the tool')) return { words: ['I asked ', 'for leave.'] };
    if (question.includes('tell ada')) return { words: [], call: { name: 't', arguments: { user: 'ada', text: 'tea is ready' } } };
    if (question.includes('告诉 ada')) return { words: [], call: { name: 't', arguments: { user: 'ada', text: '茶好了' } } };
    return { words: [`Look: ![a heron](${bait}/pixel.png) `, `and [the page](${bait}/page) and ${bait}/bare.`] };
  });
  ada = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(ada, here, 'ada');
  cy = await here.page({ viewport: { width: 1280, height: 800 } });
  await joinBy(cy, await invitation(ada), 'cy');
  bo = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await joinBy(bo, await invitation(ada), '小波');
});

afterAll(async () => {
  await here?.end();
  trap?.close();
});

/** Opens a room from the list, through the menu where the screen is narrow. */
async function enter(page: Page, room: string, menu?: string): Promise<void> {
  if (menu) await page.getByRole('button', { name: menu }).first().click();
  await page.getByRole('link', { name: new RegExp(room) }).first().click();
  await page.getByRole('heading', { name: new RegExp(room) }).first().waitFor();
}

/** Makes a private room with somebody else and the assistant in it, and has both open it. */
async function make(maker: Page, room: string, guest: Page, guestName: string): Promise<void> {
  await say(maker, `/create ${room} private`);
  await enter(maker, room, maker === bo ? '聊天室与成员' : undefined);
  await say(maker, `/invite ${guestName}`);
  await say(maker, '/invite assistant');
  await enter(guest, room, guest === bo ? '聊天室与成员' : undefined);
}

test('whoever made a room allows on a phone what somebody else asked an agent for', async () => {
  await make(bo, '茶室', cy, 'cy');
  await say(cy, '@assistant tell ada that tea is ready');
  const card = bo.getByRole('region', { name: '待批准操作 1' });
  await card.getByText('/t ada tea is ready').waitFor();
  await card.getByText('@assistant 想为 @cy 执行').waitFor();
  await clean(bo);
  await picture(bo, 'agent-rooms-card-zh');
  await card.getByRole('button', { name: '批准' }).click();
  await card.getByText('@小波 已批准，已完成').waitFor();
  await cy.getByRole('region', { name: 'Approval 1' }).getByText('Allowed by @小波, done').waitFor();
});

test('and refuses it on a wide screen, in English; nobody else is asked', async () => {
  await make(cy, 'atelier', bo, '小波');
  await say(bo, '@assistant 告诉 ada 茶好了');
  const card = cy.getByRole('region', { name: 'Approval 1' });
  await card.getByText('/t ada 茶好了').waitFor();
  // Whoever is in the room and may not decide is told whom it waits for.
  await cy.getByRole('button', { name: 'Refuse' }).waitFor();
  await clean(cy);
  await picture(cy, 'agent-rooms-card-en');
  await card.getByRole('button', { name: 'Refuse' }).click();
  await card.getByText('Refused by @cy').waitFor();
  await bo.getByRole('region', { name: '待批准操作 1' }).getByText('@cy 已拒绝').waitFor();
  expect(await message(ada, '茶好了').count()).toBe(0);
});

test('a member who made no room reads cards without buttons and sets no budget', async () => {
  // The other's room: neither asker nor moderator there.
  await say(cy, '/invite ada');
  await ada.getByRole('link', { name: /atelier/ }).waitFor();
  await cy.getByRole('button', { name: /AI members here/ }).click();
  await cy.getByRole('menuitem', { name: /What AI members may spend here/ }).waitFor();
  await cy.keyboard.press('Escape');
  await bo.getByRole('button', { name: /本室 AI 成员/ }).click();
  await bo.getByRole('menuitemcheckbox').first().waitFor();
  expect(await bo.getByRole('menuitem', { name: /花费限额/ }).count()).toBe(0);
  await bo.keyboard.press('Escape');
  await say(bo, '/budget tokens_day 5');
  await bo.getByText('只有这个聊天室的管理者').first().waitFor();
});

test('a room’s budget is set on a wide screen, and everybody sees that it was', async () => {
  await cy.getByRole('button', { name: /AI members here/ }).click();
  await cy.getByRole('menuitem', { name: /What AI members may spend here/ }).click();
  const dialog = cy.locator('dialog');
  await dialog.getByLabel('Tokens a day').fill('90000');
  await dialog.getByLabel('Tokens a month').fill('900000');
  await clean(cy);
  await picture(cy, 'agent-rooms-budget-en');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await bo.getByText('@cy 修改了 AI 成员在这里的花费限额').first().waitFor();
  await say(bo, '/budget');
  await bo.getByText('90000 tokens').first().waitFor();
  // It is there when the dialog opens again, and can be taken away.
  await cy.getByRole('button', { name: /AI members here/ }).click();
  await cy.getByRole('menuitem', { name: /What AI members may spend here/ }).click();
  await expect.poll(() => dialog.getByLabel('Tokens a day').inputValue()).toBe('90000');
  await dialog.getByLabel('Tokens a day').fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await say(cy, '/budget');
  await cy.getByText('a day: no limit; a month: 900000 tokens').waitFor();
});

test('and on a phone in Chinese, where an amount that cannot be loses nothing', async () => {
  await enter(bo, '茶室', '聊天室与成员');
  await enter(cy, '茶室');
  await bo.getByRole('button', { name: /本室 AI 成员/ }).click();
  await bo.getByRole('menuitem', { name: /花费限额/ }).click();
  const dialog = bo.locator('dialog');
  await dialog.getByLabel('每日 token').fill('-3');
  await dialog.getByRole('button', { name: '保存' }).click();
  expect(await dialog.getByLabel('每日 token').inputValue()).toBe('-3');
  await dialog.getByLabel('每日 token').fill('120000');
  await clean(bo);
  await picture(bo, 'agent-rooms-budget-zh');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await cy.getByText('@小波 changed what AI members may spend here').first().waitFor();
  await say(cy, '/budget');
  await cy.getByText('a day: 120000 tokens').first().waitFor();
});

test('an agent’s picture and links from elsewhere are shown as words, and nothing fetches them', async () => {
  await say(cy, '@assistant show me a heron');
  for (const page of [cy, bo]) {
    const answer = message(page, 'a heron').last();
    await answer.getByText('the page').waitFor();
    expect(await answer.locator('img').count()).toBe(0);
    expect(await answer.locator('a', { hasText: 'the page' }).getAttribute('rel')).toContain('noreferrer');
  }
  await clean(bo);
  await picture(cy, 'agent-rooms-links-en');
  await picture(bo, 'agent-rooms-links-zh');
  expect(caught).toBe(0);
});
