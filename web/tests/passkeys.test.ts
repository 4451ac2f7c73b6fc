// Passkeys: adding one, coming in by it, taking it back. In English on a wide screen, in Chinese on
// a phone, each with a device of the browser's own in software. Browsers make keys for names alone,
// so the pages stand at localhost.

import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, ask, clean, invitation, joinBy, picture, setUp, world, type World } from './world';

const PASSWORD = 'correct horse battery';

let here: World;
let wide: Page;
let phone: Page;
const devices = new Map<Page, { cdp: CDPSession; authenticatorId: string }>();

beforeAll(async () => {
  const numbered = await world(() => ({ words: ['Hello.'] }));
  const named = (url: string) => url.replace('127.0.0.1', 'localhost');
  here = { ...numbered, url: named(numbered.url), setupLink: named(numbered.setupLink) };
  wide = await here.page({ viewport: { width: 1280, height: 800 } });
  phone = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  for (const page of [wide, phone]) await giveDevice(page);
  await setUp(wide, here, 'ada');
  await joinBy(phone, await invitation(wide), '小波');
});

afterAll(async () => here?.end());

async function giveDevice(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  devices.set(page, { cdp, authenticatorId });
}

/** Whoever sits before the device says no where this is false. */
async function verifies(page: Page, isUserVerified: boolean): Promise<void> {
  const { cdp, authenticatorId } = devices.get(page)!;
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
}

const part = (page: Page) => page.locator('.passkeys');

const signOut = async (page: Page): Promise<void> => {
  await page.evaluate(() => fetch('/api/logout', { method: 'POST' }));
  await page.goto(here.url);
  await page.locator('input[name=username]').waitFor();
};

const who = (page: Page) => page.evaluate(async () => (await (await fetch('/api/me')).json()).user.handle);

async function openAccount(page: Page): Promise<void> {
  await page.goto(`${here.url}/?settings=account`);
  await part(page).locator('form').waitFor();
}

test('whoever has proved the password adds a passkey', async () => {
  for (const [page, words] of [
    [wide, { name: 'Name of the passkey', add: 'Add a passkey', now: 'Password now', added: 'Added', wrong: 'not your password' }],
    [phone, { name: '通行密钥的名称', add: '添加通行密钥', now: '当前密码', added: '已添加', wrong: '当前密码不正确' }],
  ] as const) {
    await openAccount(page);
    // Suggested by what this browser is called.
    await expect.poll(() => part(page).getByLabel(words.name).inputValue()).toMatch(/\S/);
    await part(page).getByLabel(words.name).fill(page === wide ? 'My laptop' : '我的手机');
    await part(page).getByLabel(words.now).fill('not it, not it');
    await part(page).getByRole('button', { name: words.add }).click();
    await part(page).getByRole('alert').filter({ hasText: words.wrong }).waitFor();
    await part(page).getByLabel(words.now).fill(PASSWORD);
    await part(page).getByRole('button', { name: words.add }).click();
    await part(page).getByText(words.added, { exact: true }).waitFor();
    await part(page).getByRole('listitem').filter({ hasText: page === wide ? 'My laptop' : '我的手机' }).waitFor();
    await part(page).scrollIntoViewIfNeeded();
    await picture(page, `passkeys-${page === wide ? 'en' : 'zh'}`);
    await clean(page);
  }
});

test('a device has one key for an account', async () => {
  await part(wide).getByLabel('Password now').fill(PASSWORD);
  await part(wide).getByRole('button', { name: 'Add a passkey' }).click();
  await part(wide).getByRole('alert').filter({ hasText: 'has a passkey for your account already' }).waitFor();
  expect(await part(wide).getByRole('listitem').count()).toBe(1);
});

test('one comes in by it without a name or a password', async () => {
  for (const [page, words] of [
    [wide, { button: 'Sign in with a passkey', no: 'No passkey was given', handle: 'ada' }],
    [phone, { button: '使用通行密钥登录', no: '未取得通行密钥', handle: '小波' }],
  ] as const) {
    await signOut(page);
    await page.getByRole('button', { name: words.button }).waitFor();
    await picture(page, `passkeys-entrance-${page === wide ? 'en' : 'zh'}`);
    await clean(page);
    await verifies(page, false);
    await page.getByRole('button', { name: words.button }).click();
    await page.getByRole('alert').filter({ hasText: words.no }).waitFor();
    await verifies(page, true);
    await page.getByRole('button', { name: words.button }).click();
    await page.locator('textarea').waitFor();
    expect(await who(page)).toBe(words.handle);
  }
});

test('an admin takes away what opens somebody else’s account', async () => {
  const cy = await here.page();
  await giveDevice(cy);
  await joinBy(cy, await invitation(wide), 'cy');
  await ask(wide, 'PATCH', '/api/admin/users/小波', { role: 'admin' });
  for (const [page, words] of [
    [wide, { admin: 'Administration', one: '1 passkey', take: 'Remove the passkeys of @cy' }],
    [phone, { admin: '管理', one: '1 个通行密钥', take: '移除 @cy 的通行密钥' }],
  ] as const) {
    await openAccount(cy);
    await part(cy).getByLabel('Password now').fill(PASSWORD);
    await part(cy).getByRole('button', { name: 'Add a passkey' }).click();
    await part(cy).getByRole('listitem').waitFor();
    await page.goto(here.url);
    if (page === phone) await page.locator('.to-menu').first().click();
    await page.locator('.house button').click();
    await page.getByRole('menuitem', { name: words.admin }).click();
    const row = page.locator('dialog [data-user=cy]');
    await row.getByText(words.one, { exact: true }).waitFor();
    await picture(page, `passkeys-admin-${page === wide ? 'en' : 'zh'}`);
    await clean(page);
    await row.getByRole('button', { name: words.take }).click();
    await agree(page);
    await expect.poll(() => row.getByText(words.one, { exact: true }).count()).toBe(0);
    await signOut(cy);
    await cy.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await cy.getByRole('alert').filter({ hasText: 'opens no account here' }).waitFor();
    await cy.locator('input[name=username]').fill('cy');
    await cy.locator('input[name=password]').fill(PASSWORD);
    await cy.locator('form button.primary').click();
    await cy.locator('textarea').waitFor();
  }
});

test('one that was taken back opens nothing', async () => {
  for (const [page, words] of [
    [wide, { name: 'My laptop', remove: 'Remove “My laptop”', used: 'last used', now: 'Password now', removed: 'Removed', button: 'Sign in with a passkey', refused: 'opens no account here' }],
    [phone, { name: '我的手机', remove: '移除“我的手机”', used: '最近使用', now: '当前密码', removed: '已移除', button: '使用通行密钥登录', refused: '无法登录这里的任何账号' }],
  ] as const) {
    await openAccount(page);
    await part(page).getByRole('listitem').filter({ hasText: words.used }).waitFor();
    await part(page).getByRole('button', { name: words.remove }).click();
    await part(page).getByRole('heading', { name: words.remove }).waitFor();
    await part(page).scrollIntoViewIfNeeded();
    await picture(page, `passkeys-remove-${page === wide ? 'en' : 'zh'}`);
    await clean(page);
    await part(page).getByLabel(words.now).fill(PASSWORD);
    await part(page).locator('form button.primary').click();
    await part(page).getByText(words.removed, { exact: true }).waitFor();
    await expect.poll(() => part(page).getByRole('listitem').count()).toBe(0);
    await signOut(page);
    await page.getByRole('button', { name: words.button }).click();
    await page.getByRole('alert').filter({ hasText: words.refused }).waitFor();
    expect(await page.evaluate(async () => (await fetch('/api/me')).status)).toBe(401);
  }
});
