// One's own account: profile, password, two-factor sign-in, sessions. In English on a wide screen,
// in Chinese on a phone.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, drawn, picture, setUp, world, type World } from './world';

const PASSWORD = 'correct horse battery';

let here: World;
let wide: Page;
let phone: Page;
let key = '';
let recovery: string[] = [];
let steps = 0;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  wide = await here.page({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  await setUp(wide, here, 'ada');
  phone = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
});

afterAll(async () => here?.end());

const now = () => Math.floor(Date.now() / 30_000);

/** What an authenticator shows in a step: RFC 6238. */
function shown(step: number): string {
  let bits = '';
  for (const letter of key) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', bytes).update(counter).digest();
  const offset = hash[19]! & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function signIn(page: Page): Promise<void> {
  await page.goto(here.url);
  await page.locator('input[name=username]').fill('ada');
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form button.primary').click();
}

async function open(page: Page): Promise<void> {
  await page.locator('textarea').first().waitFor();
  // The language is the account's own: each page says its own before it loads anew.
  const lang = page === phone ? 'zh' : 'en';
  await page.evaluate((lang) => fetch('/api/account', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ lang }) }), lang);
  await page.goto(`${here.url}${new URL(page.url()).pathname}?settings=account`);
  await page.locator('[data-session=current]').waitFor();
}

const part = (page: Page, title: string) => page.locator('form, section', { has: page.getByRole('heading', { name: title, exact: true }) });

test('a profile is written and stays', async () => {
  await open(wide);
  const profile = part(wide, 'Profile');
  await profile.getByLabel('Name to show').fill('Ada L.');
  await profile.getByLabel('Time zone').selectOption('Asia/Shanghai');
  await profile.getByLabel('About you').fill('Engines, mostly.');
  await profile.getByRole('button', { name: 'Save' }).click();
  await profile.getByText('Saved', { exact: true }).waitFor();
  await picture(wide, 'account-en');
  await clean(wide);
  await open(wide);
  expect(await profile.getByLabel('Name to show').inputValue()).toBe('Ada L.');
  expect(await profile.getByLabel('About you').inputValue()).toBe('Engines, mostly.');
  expect(await profile.getByLabel('Time zone').inputValue()).toBe('Asia/Shanghai');
});

test('a picture of oneself shows wherever one is, and goes again', async () => {
  await open(wide);
  const own = part(wide, 'Picture');
  const set = (name: string, mimeType: string, buffer: Buffer) => own.locator('input').setInputFiles({ name, mimeType, buffer });
  await set('me.txt', 'text/plain', Buffer.from('no picture'));
  await own.getByRole('alert').filter({ hasText: 'no picture' }).waitFor();
  await set('me.png', 'image/png', await drawn(wide, '#7a3f8f', 600, 400));
  await own.locator('img').waitFor();
  const shown = () => wide.locator('nav .avatar img').evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth === 256).length);
  await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(0);
  await clean(wide);
  await picture(wide, 'account-picture-en');
  await own.getByRole('button', { name: 'Remove it' }).click();
  await own.locator('img').waitFor({ state: 'detached' });
  await expect.poll(() => wide.locator('nav .avatar img').count()).toBe(0);
});

test('an authenticator is set up with a QR code, a key and recovery codes', async () => {
  const factor = part(wide, 'Two-factor sign-in');
  await factor.getByLabel('Password now').fill(PASSWORD);
  await factor.getByRole('button', { name: 'Set it up' }).click();
  await wide.getByRole('img', { name: 'QR code of the key' }).waitFor();
  key = (await wide.locator('[data-key]').getAttribute('data-key')) ?? '';
  await picture(wide, 'account-qr-en');
  await clean(wide);
  await factor.getByLabel('Code', { exact: true }).fill('000000');
  await factor.getByRole('button', { name: 'Turn it on' }).click();
  await factor.getByRole('alert').waitFor();
  steps = now();
  await factor.getByLabel('Code', { exact: true }).fill(shown(steps));
  await factor.getByRole('button', { name: 'Turn it on' }).click();
  const codes = part(wide, 'Recovery codes');
  await codes.waitFor();
  recovery = await codes.locator('li').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await picture(wide, 'account-codes-en');
  await clean(wide);
  await codes.getByRole('button', { name: 'I have kept them' }).click();
  await part(wide, 'Two-factor sign-in').getByText('Recovery codes left: 10.').waitFor();
});

test('sign-in asks for a code, and each opens once', async () => {
  await signIn(phone);
  const code = phone.getByLabel(/^验证码/);
  await code.waitFor();
  await picture(phone, 'sign-in-code-zh');
  await clean(phone);
  await code.fill(shown(steps));
  await phone.locator('form button.primary').click();
  await phone.getByRole('alert').filter({ hasText: '已使用' }).waitFor();
  await code.fill(recovery[0]!);
  await phone.locator('form button.primary').click();
  await phone.locator('textarea').waitFor();
  await open(phone);
  await phone.getByText('剩余恢复码 9 个').waitFor();
  await picture(phone, 'account-zh');
  await clean(phone);
});

test('a picture that is chosen on the phone shows on the wide page at once', async () => {
  const own = part(phone, '头像');
  await own.locator('input').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await drawn(phone, '#2b6f8f', 300, 500) });
  await own.locator('img').waitFor();
  await wide.locator('nav .avatar img').first().waitFor({ state: 'attached' });
  await own.scrollIntoViewIfNeeded();
  await clean(phone);
  await picture(phone, 'account-picture-zh');
  await own.getByRole('button', { name: '移除' }).click();
  await own.locator('img').waitFor({ state: 'detached' });
  await wide.locator('nav .avatar img').first().waitFor({ state: 'detached' });
});

test('what one may read is taken along as a file', async () => {
  for (const [page, title, button] of [[wide, 'Your data', 'Download'], [phone, '你的数据', '下载']] as const) {
    await open(page);
    const [file] = await Promise.all([page.waitForEvent('download'), part(page, title).getByRole('link', { name: button }).click()]);
    expect(file.suggestedFilename()).toMatch(/\.jsonl$/);
    const lines = readFileSync(await file.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { type: string; account?: { user: { handle: string } }; events?: number });
    expect(lines.find(({ type }) => type === 'account')?.account?.user.handle).toBe('ada');
    expect(lines.at(-1)).toEqual({ type: 'end', events: lines.filter(({ type }) => type === 'event').length });
  }
});

test('another browser is signed out from here, at once', async () => {
  await open(wide);
  const sessions = part(wide, 'Where you are signed in');
  expect(await sessions.locator('[data-session]').count()).toBe(2);
  await sessions.getByRole('button', { name: 'Sign out all other browsers' }).click();
  await expect.poll(() => sessions.locator('[data-session]').count()).toBe(1);
  await phone.locator('input[name=username]').waitFor();
});

test('recovery codes are made anew, and two-factor sign-in is turned off on the phone', async () => {
  await signIn(phone);
  await phone.getByLabel(/^验证码/).fill(recovery[1]!);
  await phone.locator('form button.primary').click();
  await phone.locator('textarea').waitFor();
  await open(phone);
  const factor = part(phone, '两步验证');
  await factor.getByLabel('当前密码').fill(PASSWORD);
  await factor.getByLabel('验证码或恢复码').fill(recovery[2]!);
  await factor.getByRole('button', { name: '生成新的恢复码' }).click();
  const codes = part(phone, '恢复码');
  await codes.waitFor();
  const fresh = await codes.locator('li').allInnerTexts();
  expect(fresh).not.toContain(recovery[3]);
  await picture(phone, 'account-codes-zh');
  await clean(phone);
  await codes.getByRole('button', { name: '我已保存' }).click();
  await factor.getByLabel('关闭两步验证').check();
  await factor.getByLabel('当前密码').fill(PASSWORD);
  await factor.getByLabel('验证码或恢复码').fill(fresh[0]!);
  await factor.getByRole('button', { name: '关闭两步验证' }).click();
  await factor.getByRole('button', { name: '开始设置' }).waitFor();
});

test('a changed password signs the phone out, and the old one opens nothing', async () => {
  await open(wide);
  const change = part(wide, 'Change password');
  await change.getByLabel('Password now').fill(PASSWORD);
  await change.getByLabel('New password').fill('another horse battery');
  await change.getByRole('button', { name: 'Change password' }).click();
  await change.getByText('Changed', { exact: true }).waitFor();
  await phone.locator('input[name=username]').waitFor();
  await signIn(phone);
  await phone.getByRole('alert').waitFor();
  await wide.locator('[data-session=current]').waitFor();
});
