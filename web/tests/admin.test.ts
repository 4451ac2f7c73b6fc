// The house for its admins: people, rooms and storage, health. In English on a wide screen, in
// Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, clean, drawn, invitation, joinBy, picture, setUp, world, type World } from './world';

let here: World;
let ada: Page;
let bob: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ada = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(ada, here, 'ada');
  bob = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await joinBy(bob, await invitation(ada), '小波');
});

afterAll(async () => here?.end());

async function open(page: Page, name: string): Promise<void> {
  await page.locator('.house button').click();
  await page.getByRole('menuitem', { name }).click();
  await page.getByRole('dialog').locator('[data-user=ada]').waitFor();
}

test('an owner gives a role, closes an account and opens it again', async () => {
  await open(ada, 'Administration');
  const dialog = ada.getByRole('dialog');
  const row = dialog.locator('[data-user="小波"]');
  await picture(ada, 'admin-people-en');
  await clean(ada);
  expect(await dialog.locator('[data-user=ada] select').count(), 'nobody changes themselves').toBe(0);
  await row.getByRole('button', { name: 'Close the account of @小波' }).click();
  await agree(ada);
  await row.getByText('closed', { exact: true }).waitFor();
  await bob.locator('input[name=username]').waitFor();
  await row.getByRole('button', { name: 'Open the account of @小波 again' }).click();
  await row.getByRole('button', { name: 'Close the account of @小波' }).waitFor();
  await row.getByLabel('Role of @小波').selectOption({ label: 'Admin' });
  await expect
    .poll(() => ada.evaluate(async () => ((await (await fetch('/api/directory')).json()).users as { handle: string; role: string }[]).find(({ handle }) => handle === '小波')?.role))
    .toBe('admin');
  await dialog.getByPlaceholder('Find somebody').fill('ad');
  await expect.poll(() => dialog.locator('[data-user]').count()).toBe(1);
});

test('storage and health are told', async () => {
  const dialog = ada.getByRole('dialog');
  await dialog.getByRole('tab', { name: 'Rooms and storage' }).click();
  await dialog.getByRole('rowheader', { name: '#general' }).waitFor();
  await picture(ada, 'admin-storage-en');
  await clean(ada);
  await dialog.getByRole('tab', { name: 'Health' }).click();
  await dialog.getByText('The server is ready.').waitFor();
  await dialog.getByText('SQLite').waitFor();
  await picture(ada, 'admin-health-en');
  await clean(ada);
});

test('an admin on a phone sees it in Chinese and may not change the owner', async () => {
  await bob.goto(here.url);
  await bob.locator('input[name=username]').fill('小波');
  await bob.locator('input[name=password]').fill('correct horse battery');
  await bob.locator('form button.primary').click();
  await bob.locator('textarea').waitFor();
  await bob.locator('.to-menu').first().click();
  await open(bob, '管理');
  const dialog = bob.getByRole('dialog');
  expect(await dialog.locator('[data-user=ada] select').count()).toBe(0);
  await picture(bob, 'admin-people-zh');
  await clean(bob);
  await dialog.getByRole('tab', { name: '聊天室与存储' }).click();
  await dialog.getByRole('rowheader', { name: '#general' }).waitFor();
  await picture(bob, 'admin-storage-zh');
  await clean(bob);
  await dialog.getByRole('tab', { name: '运行状况' }).click();
  await dialog.getByText('服务器运行正常。').waitFor();
  await picture(bob, 'admin-health-zh');
  await clean(bob);
});

test('a picture that an admin takes away is gone for everybody, and the log says why', async () => {
  const bytes = (await drawn(bob, 'crimson', 64, 64)).toString('base64');
  const put = await bob.evaluate(async (base64) => {
    const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return (await fetch('/api/account/avatar', { method: 'PUT', body })).status;
  }, bytes);
  expect(put).toBe(200);
  await ada.goto(here.url);
  await ada.locator('textarea').waitFor();
  await open(ada, 'Administration');
  const dialog = ada.getByRole('dialog');
  const remove = dialog.getByRole('button', { name: 'Remove the picture of @小波' });
  await remove.waitFor();
  await picture(ada, 'admin-picture-en');
  await clean(ada);
  await remove.click();
  await clean(ada);
  await picture(ada, 'admin-picture-why-en');
  await agree(ada, 'rude');
  await remove.waitFor({ state: 'detached' });
  await dialog.getByRole('tab', { name: 'Moderation' }).click();
  await dialog.getByText('took the picture of @小波 away').waitFor();
  await dialog.getByText('rude').waitFor();
  await picture(ada, 'admin-picture-log-en');
  await clean(ada);

  await bob.goto(here.url);
  await bob.locator('textarea').waitFor();
  await bob.locator('.to-menu').first().click();
  await open(bob, '管理');
  const theirs = bob.getByRole('dialog');
  await theirs.locator('[data-user="小波"]').waitFor();
  expect(await theirs.getByRole('button', { name: '移除 @小波 的头像' }).count(), 'nobody changes themselves').toBe(0);
  await theirs.getByRole('tab', { name: '管理记录' }).click();
  await theirs.getByText('移除 @小波 的头像').waitFor();
  await picture(bob, 'admin-picture-log-zh');
  await clean(bob);
});
