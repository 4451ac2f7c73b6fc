// Threads: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { choose, clean, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['White ones are best.'] }));
  ({ ada, bo } = await pair(here, { colorScheme: 'dark' }));
});

afterAll(async () => here?.end());

test('replies make a thread, which is read and written beside the room', async () => {
  await say(ada, 'Which cups do we take?');
  await choose(bo, 'Which cups do we take?', '回复');
  await say(bo, '白色的');
  await choose(ada, '白色的', 'Open the thread');
  const panel = ada.locator('[data-panel=thread]');
  await panel.getByText('Replies: 1').waitFor();
  await panel.locator('textarea').fill('How many of them?');
  await panel.locator('textarea').press('Enter');
  await panel.locator('article', { hasText: 'How many of them?' }).waitFor();
  await panel.getByText('Replies: 2').waitFor();
  await ada.locator('main .thread', { hasText: '2 replies' }).waitFor();
  await panel.getByRole('button', { name: 'Following' }).waitFor();
  await clean(ada);
  await picture(ada, 'thread-en');
});

test('an AI member that is asked in a thread answers there', async () => {
  const panel = ada.locator('[data-panel=thread]');
  await panel.locator('textarea').fill('@assistant which are best?');
  await panel.locator('textarea').press('Enter');
  await panel.locator('article', { hasText: 'White ones are best.' }).waitFor();
  await panel.getByText('Replies: 4').waitFor();
});

test('on a phone a thread covers the room, and one lets go of it', async () => {
  await bo.locator('main .thread', { hasText: '4 条回复' }).click();
  const panel = bo.locator('[data-panel=thread]');
  await panel.getByText('回复：4').waitFor();
  await clean(bo);
  await picture(bo, 'thread-zh');
  await panel.locator('textarea').fill('六个');
  await panel.getByRole('button', { name: '发送' }).click();
  await panel.locator('article', { hasText: '六个' }).waitFor();
  await ada.locator('[data-panel=thread] article', { hasText: '六个' }).waitFor();
  await panel.getByRole('button', { name: '已关注' }).click();
  await panel.getByRole('button', { name: '关注', exact: true }).waitFor();
});

test('the threads that one follows are listed', async () => {
  await ada.locator('button.entry', { hasText: 'Threads' }).click();
  const panel = ada.locator('[data-panel=threads]');
  await panel.getByText('Which cups do we take?').waitFor();
  await panel.getByText(/5 replies/).waitFor();
  await clean(ada);
  await picture(ada, 'threads-en');
  await panel.getByRole('button', { name: /Which cups/ }).click();
  await ada.locator('[data-panel=thread] article', { hasText: '六个' }).waitFor();
});
