// Search: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, pair, picture, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
  await post(ada, ['the release plan is in the drawer', 'release notes: see `notes.md`', '我们今天升级了数据库，数据都还在']);
  await post(bo, ['the plan of the release is mine', '数据库的备份在 https://example.org']);
  await post(ada, Array.from({ length: 60 }, (_, n) => `wave ${n}`));
});

afterAll(async () => here?.end());

const post = (page: Page, texts: string[]) =>
  page.evaluate(async (texts) => {
    for (const text of texts) {
      const response = await fetch('/api/rooms/general/messages', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) });
      if (response.status !== 201) throw new Error(await response.text());
    }
  }, texts);

test('words are marked where they stand, an operator is offered, and a result leads there', async () => {
  await ada.getByRole('button', { name: 'Search', exact: true }).click();
  const box = ada.getByRole('searchbox');
  await box.fill('release plan');
  await ada.locator('.hit mark', { hasText: 'release' }).first().waitFor();
  await expect.poll(() => ada.locator('.hit').count()).toBe(2);
  await box.fill('release fr');
  await ada.getByRole('button', { name: 'from:' }).click();
  await ada.getByRole('button', { name: '@小波' }).click();
  expect(await box.inputValue()).toBe('release from:小波 ');
  await expect.poll(() => ada.locator('.hit').count()).toBe(1);
  await ada.locator('.hit', { hasText: 'is mine' }).waitFor();
  await clean(ada);
  await picture(ada, 'search-en');
  await box.press('ArrowDown');
  await ada.keyboard.press('Enter');
  await ada.locator('.message.found', { hasText: 'is mine' }).waitFor();
  await expect.poll(() => ada.getByRole('searchbox').count()).toBe(0);
});

test('further results come when they are asked for, and a day that is none is said to be none', async () => {
  await ada.getByRole('button', { name: 'Search', exact: true }).click();
  const box = ada.getByRole('searchbox');
  await box.fill('wave');
  await expect.poll(() => ada.locator('.hit').count()).toBe(20);
  await ada.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => ada.locator('.hit').count()).toBe(40);
  await ada.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => ada.locator('.hit').count()).toBe(60);
  await expect.poll(() => ada.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  await box.fill('wave before:soon');
  await ada.getByRole('alert').filter({ hasText: 'Write a day' }).waitFor();
  await box.fill('nothing like it');
  await ada.getByRole('status').filter({ hasText: 'Nothing found.' }).waitFor();
  await ada.keyboard.press('Escape');
});

test('two characters and one are found inside a sentence, and narrowed in Chinese', async () => {
  await bo.locator('.to-menu').first().click();
  await bo.getByRole('button', { name: '搜索', exact: true }).click();
  const box = bo.getByRole('searchbox');
  await box.fill('据');
  await expect.poll(() => bo.locator('.hit').count()).toBe(2);
  await box.fill('数据 包');
  await bo.getByRole('button', { name: '包含:' }).click();
  await bo.getByRole('button', { name: '链接' }).click();
  expect(await box.inputValue()).toBe('数据 包含:链接 ');
  await expect.poll(() => bo.locator('.hit').count()).toBe(1);
  await bo.locator('.hit mark', { hasText: '数据' }).waitFor();
  await box.fill('数据');
  await expect.poll(() => bo.locator('.hit').count()).toBe(2);
  await clean(bo);
  await picture(bo, 'search-zh');
  await bo.locator('.hit', { hasText: '升级' }).click();
  await bo.locator('.message.found', { hasText: '升级' }).waitFor();
});
