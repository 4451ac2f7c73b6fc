// What AI members do with what they are given, from the page: tools of other servers, pictures, memory,
// what one missed, a question that changed, a budget. In English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_PREVIEWS, agree, choose, clean, drawn, message, openAgents, pair, picture, say, world, type World } from './world';

const SETTINGS = `${NO_PREVIEWS}
[[models]]
name = "seer"
images = true
[[agents]]
handle = "heron"
settings = { model = "seer" }
rooms = ["general"]
[[agents]]
handle = "sparrow"
settings = { budget = { tokens_day = 1 } }
rooms = ["general"]
`;
const TOOL_SERVER = resolve(import.meta.dirname, 'tool_server.mjs');

let here: World;
let ada: Page;
let bo: Page;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'salon-gate-'));
  here = await world((question, pictures) => {
    if (question.startsWith('after the tool')) return { words: [`It says: ${question.includes('in the tin') ? 'the tin' : question}.`] };
    if (question.includes('where is the tea')) return { words: [], call: { name: 'notes__read', arguments: { day: 'Monday' } } };
    if (question.includes('茶在哪里')) return { words: [], call: { name: 'notes__read', arguments: { day: '星期二' } } };
    if (pictures > 0) return { words: [`I see ${pictures} picture.`] };
    if (question.includes('seven')) return { words: ['Seven it is.'] };
    if (question.includes('five')) return { words: ['Five it is.'] };
    return { words: ['Hello there.'] };
  }, SETTINGS);
  ({ ada, bo } = await pair(here));
});

afterAll(async () => {
  await here?.end();
  rmSync(folder, { recursive: true, force: true });
});

test('an owner names a server of tools, and an AI member says in its draft how far a tool is', async () => {
  const gate = join(folder, 'monday');
  const dialog = await openAgents(ada, null, 'AI members');
  await dialog.getByRole('tab', { name: 'Tool servers' }).click();
  await dialog.getByRole('button', { name: 'New tool server' }).click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('notes');
  await dialog.getByLabel('Program', { exact: true }).fill(process.execPath);
  await dialog.getByLabel('Arguments').fill(`${TOOL_SERVER}\n${gate}`);
  await clean(ada);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Reads the note of a day.').waitFor();
  await clean(ada);
  await picture(ada, 'tool-server-en');
  await ada.keyboard.press('Escape');
  await say(ada, '@assistant where is the tea?');
  const draft = ada.locator('.draft', { hasText: 'reading Monday' });
  await draft.waitFor();
  await bo.locator('.draft', { hasText: 'reading Monday' }).waitFor();
  await picture(ada, 'tool-progress-en');
  writeFileSync(gate, '');
  await message(ada, 'It says: the tin.').waitFor();
  // On the phone the same tool, told of in Chinese.
  rmSync(gate);
  await say(bo, '@assistant 茶在哪里？');
  await bo.locator('.draft', { hasText: 'reading 星期二' }).waitFor();
  await picture(bo, 'tool-progress-zh');
  await clean(bo);
  writeFileSync(gate, '');
  await expect.poll(() => message(bo, 'It says: the tin.').count()).toBe(2);
});

test('an AI member whose model sees is shown the picture of a message', async () => {
  await ada.locator('input[type=file]').setInputFiles({ name: 'bird.png', mimeType: 'image/png', buffer: await drawn(ada, 'teal', 300, 200) });
  await expect.poll(() => ada.locator('form li').count()).toBe(1);
  await expect.poll(() => ada.locator('form progress').count()).toBe(0);
  await say(ada, '@heron which bird is this?');
  await message(ada, 'I see 1 picture.').waitFor();
  await message(bo, 'I see 1 picture.').waitFor();
});

test('a question that was changed offers another answer to whoever asked', async () => {
  await say(ada, '@assistant what about five?');
  await message(ada, 'Five it is.').waitFor();
  await choose(ada, 'what about five?', 'Edit');
  await say(ada, '@assistant what about seven?');
  const outdated = message(ada, 'Five it is.');
  await outdated.getByText('The question was edited since.').waitFor();
  expect(await message(bo, 'Five it is.').getByRole('button', { name: '重新回答' }).count()).toBe(0);
  await clean(ada);
  await picture(ada, 'answer-again-en');
  await outdated.getByRole('button', { name: 'Answer again' }).click();
  await message(ada, 'Seven it is.').waitFor();
  await message(bo, 'Seven it is.').waitFor();
});

test('what AI members are to remember is told, listed and taken away', async () => {
  await say(bo, '/remember 茶在铁罐里');
  await bo.locator('.notice', { hasText: '已记住，编号 1' }).waitFor();
  await say(ada, '/memory');
  await ada.locator('.notice', { hasText: '茶在铁罐里' }).waitFor();
  await say(bo, '/forget 1');
  await bo.locator('.notice', { hasText: '已忘记' }).waitFor();
  await clean(bo);
  await picture(bo, 'memory-zh');
});

test('what one missed is summed up for oneself alone, with links to where it was said', async () => {
  await say(ada, 'We decided: the kettle goes on at four tomorrow.');
  await message(bo, 'We decided').waitFor();
  await choose(bo, 'We decided', '从这里标为未读');
  await say(bo, '/catchup');
  const told = bo.locator('.notice', { hasText: 'the kettle goes on at four' });
  await told.waitFor();
  const link = told.getByRole('link').last();
  expect(await link.getAttribute('href')).toMatch(/\/room\/.*[?&]m=\d+/);
  expect(await ada.locator('.notice', { hasText: 'the kettle goes on at four' }).count()).toBe(0);
  await clean(bo);
  await picture(bo, 'catchup-zh');
});

test('an AI member whose budget is spent says so in words', async () => {
  await say(ada, '@sparrow hello');
  await expect.poll(() => message(ada, 'Hello there.').count()).toBe(1);
  await say(ada, '@sparrow hello once more');
  await message(ada, 'budget is used up').waitFor();
  await picture(ada, 'budget-en');
});

test('an AI member is retired and comes back', async () => {
  const dialog = await openAgents(ada, null, 'AI members');
  const row = dialog.locator('[data-agent=heron]');
  const edit = row.getByRole('button', { name: 'heron' }).last();
  await edit.click();
  await dialog.getByRole('button', { name: 'Retire' }).click();
  await agree(ada);
  await row.getByText('retired').waitFor();
  await bo.getByText('停用了').waitFor();
  await edit.click();
  await dialog.getByRole('button', { name: 'Bring back' }).click();
  await agree(ada);
  await row.getByText('#general').waitFor();
});
