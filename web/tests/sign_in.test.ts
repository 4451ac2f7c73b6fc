// Signing in by a provider: the button, the way there and back, linking and unlinking, and being
// refused. In English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityProvider, type IdentityProvider } from './identity_provider';
import { clean, NO_PREVIEWS, picture, setUp, world, type World } from './world';

const PASSWORD = 'correct horse battery';
const SECRET = 'a secret & more';

let there: IdentityProvider;
let here: World;
let wide: Page;
let phone: Page;

beforeAll(async () => {
  there = await identityProvider('salon', SECRET);
  process.env['SALON_BROWSER_TEST_SECRET'] = SECRET;
  here = await world(
    () => ({ words: ['Hello.'] }),
    `${NO_PREVIEWS}
[oidc]
issuer = "${there.issuer}"
client_id = "salon"
client_secret_env = "SALON_BROWSER_TEST_SECRET"
label = "Example ID"
new_people = true
`,
  );
  wide = await here.page({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  phone = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
});

afterAll(async () => {
  await here?.end();
  there?.end();
});

/** From the sign-in page to the provider's, and back. */
async function goThere(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await page.locator('#yes').click();
}

const signOut = async (page: Page): Promise<void> => {
  await page.evaluate(() => fetch('/api/logout', { method: 'POST' }));
  await page.goto(here.url);
  await page.locator('input[name=username]').waitFor();
};

test('somebody new comes in by the button, in both languages', async () => {
  await setUp(wide, here, 'olga');
  await signOut(wide);
  await wide.getByRole('button', { name: 'Sign in with Example ID' }).waitFor();
  await picture(wide, 'sign-in-en');
  await clean(wide);
  there.person = { sub: 's1', preferred_username: 'ada', name: 'Ada L.', email: 'ada@example.com' };
  await goThere(wide, 'Sign in with Example ID');
  await wide.locator('textarea').waitFor();
  expect(await wide.evaluate(async () => (await (await fetch('/api/me')).json()).user.handle)).toBe('ada');

  await phone.goto(here.url);
  await phone.getByRole('button', { name: '使用 Example ID 登录' }).waitFor();
  await picture(phone, 'sign-in-zh');
  await clean(phone);
  there.person = { sub: 's2', preferred_username: '小波' };
  await goThere(phone, '使用 Example ID 登录');
  await phone.locator('textarea').waitFor();
  expect(await phone.evaluate(async () => (await (await fetch('/api/me')).json()).user.handle)).toBe('小波');
});

test('whoever is refused is told why, once', async () => {
  await signOut(wide);
  there.person = { sub: 's3', preferred_username: 'Olga' };
  await goThere(wide, 'Sign in with Example ID');
  await wide.getByRole('alert').filter({ hasText: 'Your name is taken here.' }).waitFor();
  expect(wide.url()).toBe(`${here.url}/`);
  await picture(wide, 'sign-in-refused-en');
  await clean(wide);
  await wide.reload();
  await wide.getByRole('button', { name: 'Sign in with Example ID' }).waitFor();
  expect(await wide.getByRole('alert').count()).toBe(0);

  await signOut(phone);
  there.wrong = 'nonce';
  await goThere(phone, '使用 Example ID 登录');
  await phone.getByRole('alert').filter({ hasText: '登录服务的答复不可信' }).waitFor();
  await picture(phone, 'sign-in-refused-zh');
  await clean(phone);
  there.wrong = 'denied';
  await goThere(phone, '使用 Example ID 登录');
  await phone.getByRole('alert').filter({ hasText: '你没有在对方网站完成登录' }).waitFor();
  there.wrong = null;
});

test('an account is linked in the settings, opened by the provider, and unlinked', async () => {
  await wide.locator('input[name=username]').fill('olga');
  await wide.locator('input[name=password]').fill(PASSWORD);
  await wide.locator('form button.primary').click();
  await wide.locator('textarea').waitFor();
  await wide.goto(`${here.url}/?settings=account`);
  const part = wide.locator('.provider');
  await part.getByText('Sign in with Example ID as well.').waitFor();
  await part.getByLabel('Password now').fill('not it, not it');
  await part.getByRole('button', { name: 'Link it' }).click();
  await part.getByRole('alert').filter({ hasText: 'not your password' }).waitFor();
  there.person = { sub: 's4', email: 'olga@example.com' };
  await part.getByLabel('Password now').fill(PASSWORD);
  await part.getByRole('button', { name: 'Link it' }).click();
  await wide.locator('#yes').click();
  await part.getByText('opens your account as olga@example.com').waitFor();
  await part.scrollIntoViewIfNeeded();
  await picture(wide, 'sign-in-linked-en');
  await clean(wide);

  // On a phone the provider opens the same account.
  await phone.goto(here.url);
  await goThere(phone, '使用 Example ID 登录');
  await phone.locator('textarea').waitFor();
  expect(await phone.evaluate(async () => (await (await fetch('/api/me')).json()).user.handle)).toBe('olga');

  await part.getByLabel('Password now').fill(PASSWORD);
  await part.getByRole('button', { name: 'Unlink it' }).click();
  await part.getByText('Unlinked', { exact: true }).waitFor();
  await part.getByRole('button', { name: 'Link it' }).waitFor();
});

test('what belongs to somebody else is not linked, and said where it was tried', async () => {
  await phone.goto(`${here.url}/?settings=account`);
  const part = phone.locator('.provider');
  there.person = { sub: 's1' };
  await part.locator('input[type=password]').fill(PASSWORD);
  await part.locator('button.primary').click();
  await phone.locator('#yes').click();
  await part.getByRole('alert').filter({ hasText: /another account|另一个账号/ }).waitFor();
  await part.scrollIntoViewIfNeeded();
  await picture(phone, 'sign-in-elsewhere-zh');
  await clean(phone);
});
