// Polls: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, clean, message, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Nothing to say.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

test('a poll is asked in a form, and everybody sees each vote as it is given', async () => {
  await ada.getByRole('button', { name: 'About this room' }).click();
  await ada.getByRole('menuitem', { name: 'New poll' }).click();
  const panel = ada.locator('[data-panel=poll]');
  await panel.getByLabel('Question').fill('Which tea for Friday?');
  await panel.getByLabel('Option 1').fill('green | the good one');
  await panel.getByLabel('Option 2').fill('black');
  await panel.getByLabel('Option 3').fill('白茶');
  await panel.getByLabel('Option 4').waitFor();
  await clean(ada);
  await picture(ada, 'poll-new-en');
  await panel.getByRole('button', { name: 'Ask' }).click();
  await panel.waitFor({ state: 'detached' });
  const mine = ada.getByRole('group', { name: 'Which tea for Friday?' });
  const theirs = bo.getByRole('group', { name: 'Which tea for Friday?' });
  await theirs.getByRole('radio', { name: 'green | the good one' }).check();
  await mine.getByText('1 person voted').waitFor();
  await theirs.getByRole('radio', { name: '白茶' }).check();
  await mine.locator('label', { hasText: '白茶' }).getByText('小波').waitFor();
  await mine.getByRole('radio', { name: 'black' }).focus();
  await ada.keyboard.press('Space');
  await theirs.getByText('2 人已投票').waitFor();
  await clean(ada);
  await picture(ada, 'poll-en');
  await clean(bo);
  await picture(bo, 'poll-zh');
});

test('a vote is taken back, and whoever asked ends the poll', async () => {
  const mine = ada.getByRole('group', { name: 'Which tea for Friday?' });
  const theirs = bo.getByRole('group', { name: 'Which tea for Friday?' });
  await theirs.getByRole('button', { name: '撤回我的投票' }).click();
  await mine.getByText('1 person voted').waitFor();
  await expect.poll(() => theirs.getByRole('radio', { checked: true }).count()).toBe(0);
  await theirs.getByRole('button', { name: '结束投票' }).waitFor({ state: 'detached' });
  await mine.getByRole('button', { name: 'End the poll' }).click();
  await agree(ada);
  await theirs.getByText('结束了投票').waitFor();
  await expect.poll(() => theirs.locator('input:disabled').count()).toBe(3);
  await clean(bo);
  await picture(bo, 'poll-ended-zh');
});

test('several may be chosen where the command says so, and what is no poll is refused in words', async () => {
  await say(bo, '/投票 多选：喝什么？ | 绿茶 | 红茶');
  const mine = ada.getByRole('group', { name: '喝什么？' });
  await mine.getByRole('checkbox', { name: '绿茶' }).check();
  await mine.getByRole('checkbox', { name: '红茶' }).check();
  const theirs = bo.getByRole('group', { name: '喝什么？' });
  await expect.poll(() => theirs.locator('label', { hasText: '1 票' }).count()).toBe(2);
  await say(ada, '/poll Only a question');
  await ada.getByText('A poll has a question and 2 to 12 different options').waitFor();
  await message(ada, '喝什么？').waitFor();
});

test('a poll ends by itself on every page at once, and takes no vote after that', async () => {
  await ada.getByRole('button', { name: 'About this room' }).click();
  await ada.getByRole('menuitem', { name: 'New poll' }).click();
  const panel = ada.locator('[data-panel=poll]');
  await panel.getByLabel('Question').fill('Cake on Friday?');
  await panel.getByLabel('Option 1').fill('yes');
  await panel.getByLabel('Option 2').fill('of course');
  const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1_000);
  const two = (n: number) => String(n).padStart(2, '0');
  await panel.getByLabel('Ends by itself at').fill(`${tomorrow.getFullYear()}-${two(tomorrow.getMonth() + 1)}-${two(tomorrow.getDate())}T18:00`);
  await clean(ada);
  await picture(ada, 'poll-new-end-en');
  await panel.getByRole('button', { name: 'Ask' }).click();
  await panel.waitFor({ state: 'detached' });
  const open = ada.getByRole('group', { name: 'Cake on Friday?' });
  await open.getByText(/ends (tomorrow|today) 18:00/).waitFor();
  await bo.getByRole('group', { name: 'Cake on Friday?' }).getByText(/(明天|今天) 18:00 结束/).waitFor();
  await picture(ada, 'poll-ends-en');

  // Far enough that a slow machine has asked by then.
  const soon = new Date(Date.now() + 12_000).toISOString();
  await say(ada, `/poll until ${soon}: Biscuits? | yes | no`);
  const mine = ada.getByRole('group', { name: 'Biscuits?' });
  const theirs = bo.getByRole('group', { name: 'Biscuits?' });
  await mine.getByText(/Ended (today|yesterday)/).waitFor({ timeout: 30_000 });
  await theirs.getByText(/已于 (今天|昨天).*结束/).waitFor();
  await expect.poll(() => theirs.locator('input:disabled').count()).toBe(2);
  expect(await theirs.getByRole('button').count()).toBe(0);
  const refused = await bo.evaluate(async () => {
    const id = [...document.querySelectorAll('[data-poll]')].at(-1)?.getAttribute('data-poll');
    const response = await fetch(`/api/messages/${id}/vote`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ choices: [1] }) });
    return response.status;
  });
  expect(refused).toBe(409);
  await clean(bo);
  await picture(bo, 'poll-over-zh');
});
