// Exports of other chats, brought in from the page: in English on a wide screen, in Chinese on a
// phone.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, ask, clean, pair, picture, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Nothing to say.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

/** Mattermost's export: so many posts in a room, the first with a file that is not in it. */
function mattermost(posts: number): Buffer {
  const lines: object[] = [
    { type: 'channel', channel: { team: 't', name: 'tea', type: 'O', header: 'Leaves' } },
    { type: 'user', user: { username: 'eve', teams: [{ name: 't', channels: [{ name: 'tea' }] }] } },
  ];
  for (let n = 0; n < posts; n += 1) {
    const attachments = n === 0 ? [{ path: 'x/plan.pdf' }] : [];
    lines.push({ type: 'post', post: { team: 't', channel: 'tea', user: 'eve', message: `leaf ${n}`, create_at: 1_600_000_000_000 + n, attachments } });
  }
  return Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\nnot a line\n`);
}

async function open(page: Page, administration: string, tab: string): Promise<Locator> {
  await page.locator('.house button').click();
  await page.getByRole('menuitem', { name: administration }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('tab', { name: tab }).click();
  return dialog;
}

test('an owner uploads an export, brings it in, and reads what came and what did not', async () => {
  const dialog = await open(ada, 'Administration', 'Import');
  await dialog.getByText('None yet.').waitFor();
  await picture(ada, 'imports-none-en');
  await clean(ada);
  await dialog.getByLabel('Upload an export').setInputFiles({ name: 'mattermost.jsonl', mimeType: 'application/jsonl', buffer: mattermost(30) });
  await dialog.locator('[data-archive="mattermost.jsonl"]').waitFor();
  await dialog.getByRole('button', { name: 'Bring in mattermost.jsonl' }).click();
  await dialog.locator('[data-state=done]').waitFor();
  await dialog.getByText('mattermost.jsonl is in.').waitFor();
  await dialog.locator('[data-loss=file_missing] summary').click();
  await dialog.getByText('plan.pdf', { exact: true }).waitFor();
  await dialog.locator('[data-loss=unreadable]').waitFor();
  await picture(ada, 'imports-done-en');
  await clean(ada);
});

test('one that goes on is seen after a reload, and is stopped', async () => {
  let dialog = ada.getByRole('dialog');
  await dialog.getByLabel('Upload an export').setInputFiles({ name: 'long.jsonl', mimeType: 'application/jsonl', buffer: mattermost(100_000) });
  await dialog.getByRole('button', { name: 'Bring in long.jsonl' }).click();
  await dialog.locator('[data-state=running]').waitFor();
  await ada.reload();
  dialog = await open(ada, 'Administration', 'Import');
  await dialog.locator('[data-state=running] progress').waitFor();
  await dialog.getByText('now in tea').waitFor();
  await picture(ada, 'imports-running-en');
  await dialog.getByRole('button', { name: 'Stop the import' }).click();
  await dialog.getByText('Stopped: long.jsonl.').waitFor();
  await dialog.getByText(/were here/).waitFor();
});

test('an admin on a phone reads the same in Chinese and deletes an export, and others are not let in', async () => {
  await bo.locator('.to-menu').first().click();
  await bo.locator('.house button').click();
  await bo.getByRole('menuitem').first().waitFor();
  expect(await bo.getByRole('menuitem', { name: '管理' }).count()).toBe(0);
  await bo.keyboard.press('Escape');
  await ask(ada, 'PATCH', `/api/admin/users/${encodeURIComponent('小波')}`, { role: 'admin' });
  await bo.reload();
  await bo.locator('textarea').waitFor();
  await bo.locator('.to-menu').first().click();
  const dialog = await open(bo, '管理', '导入');
  await dialog.getByText('已停止：long.jsonl。').waitFor();
  await picture(bo, 'imports-zh');
  await clean(bo);
  await dialog.getByRole('button', { name: '删除 long.jsonl' }).click();
  await agree(bo);
  await dialog.locator('[data-archive="long.jsonl"]').waitFor({ state: 'detached' });
  await dialog.locator('[data-archive="mattermost.jsonl"]').waitFor();
});
