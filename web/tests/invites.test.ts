// Links that invite: made, used, listed, revoked. In English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, joinBy, picture, setUp, world, type World } from './world';

let here: World;
let ada: Page;
let phone: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ada = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(ada, here, 'ada');
  const made = await ada.evaluate(async () => {
    const body = JSON.stringify({ name: 'lobby', kind: 'private' });
    return (await fetch('/api/rooms', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
  });
  expect(made).toBe(201);
  await ada.locator('nav a', { hasText: 'lobby' }).waitFor();
});

afterAll(async () => here?.end());

test('a guest comes in by a link and sees the one room, and the link counts down', async () => {
  await ada.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByLabel('They come in as').selectOption({ label: 'Guest' });
  await dialog.getByLabel('How many may use it').selectOption('5');
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  expect(await dialog.getByLabel('The link').count(), 'a guest needs a room').toBe(0);
  await dialog.getByLabel('Into the room').selectOption({ label: '#lobby' });
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = await dialog.getByLabel('The link').inputValue();
  await dialog.locator('li', { hasText: 'Guest · #lobby' }).getByText('uses left: 5').waitFor();
  await picture(ada, 'invites-en');
  await clean(ada);

  phone = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await phone.goto(link);
  await phone.locator('input[name=username]').fill('访客');
  await phone.locator('input[name=password]').fill('correct horse battery');
  await phone.locator('form button.primary').click();
  await phone.locator('nav a', { hasText: 'lobby' }).waitFor({ state: 'attached' });
  expect(await phone.locator('nav a', { hasText: 'general' }).count()).toBe(0);

  await dialog.getByRole('button', { name: 'Close' }).click();
  await ada.getByRole('button', { name: 'Invite somebody' }).click();
  await dialog.locator('li', { hasText: 'Guest · #lobby' }).getByText('uses left: 4').waitFor();
  await dialog.getByRole('button', { name: 'Revoke: Guest · #lobby' }).click();
  await expect.poll(() => dialog.locator('li').count()).toBe(0);
  const late = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await late.goto(link);
  await late.getByRole('alert').waitFor();
});

test('an admin on a phone makes and revokes links in Chinese', async () => {
  const link = await ada.evaluate(async () => {
    const body = JSON.stringify({ role: 'admin' });
    const response = await fetch('/api/invites', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return location.origin + ((await response.json()).path as string);
  });
  const admin = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await joinBy(admin, link, '管理');
  await admin.locator('.to-menu').first().click();
  await admin.locator('nav footer button').nth(1).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('button', { name: '生成链接' }).click();
  await dialog.getByLabel('邀请链接').waitFor();
  await dialog.locator('li', { hasText: '剩余 1 次' }).waitFor();
  await picture(admin, 'invites-zh');
  await clean(admin);
  await dialog.getByRole('button', { name: '撤销：成员' }).click();
  await expect.poll(() => dialog.locator('li').count()).toBe(0);
});
