// AI members as their people make, steer, allow and look into them: in English on a wide screen,
// in Chinese on a phone.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, message, openAgents, pair, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world((question) => {
    if (question.startsWith('after the tool: - @')) return { words: ['These are ', 'here.'] };
    if (question.startsWith('after the tool')) return { words: ['I asked ', 'for leave.'] };
    if (question.includes('kick')) return { words: [], call: { name: 'command', arguments: { line: '/kick 小波' } } };
    if (question.includes('be quiet')) return { words: [], call: { name: 'command', arguments: { line: '/mode mention' } } };
    if (question.includes('who is here')) return { words: [], call: { name: 'users', arguments: {} } };
    if (question.includes('俳句')) return { words: ['古池や'] };
    return { words: ['Hello ', 'there.'] };
  });
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

/** Presses a tool of a message by the keyboard: it needs no pointer that rests on it. */
async function press(on: Locator, name: string): Promise<void> {
  const button = on.getByRole('button', { name, includeHidden: true });
  await on.getByRole('button').first().focus();
  await button.focus();
  await button.press('Enter');
}

test('a person makes an AI member, everybody sees it come, and it answers', async () => {
  await openAgents(ada, null, 'AI members');
  await ada.locator('dialog').getByRole('button', { name: 'New AI member' }).click();
  const dialog = ada.locator('dialog');
  await dialog.getByLabel('Handle').fill('heron');
  await dialog.getByLabel('Persona').fill('You answer in haiku.');
  const room = dialog.getByRole('checkbox', { name: /general/ });
  if (!(await room.isChecked())) await room.check();
  await clean(ada);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('@heron').first().waitFor();
  await ada.keyboard.press('Escape');
  await bo.getByText('创建了 AI 成员').waitFor();
  await say(bo, '@heron 来一首俳句');
  await message(bo, '古池や').waitFor();
  await message(ada, '古池や').waitFor();
});

test('it is changed in Chinese on a phone by whoever may, and a wrong value loses nothing', async () => {
  await openAgents(bo, '聊天室与成员', 'AI 成员');
  const dialog = bo.locator('dialog');
  await dialog.getByRole('button', { name: '新建 AI 成员' }).click();
  await dialog.getByLabel('用户名').fill('assistant');
  await dialog.getByLabel('人设').fill('会算账');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByText('已被占用').waitFor();
  expect(await dialog.getByLabel('人设').inputValue()).toBe('会算账');
  await clean(bo);
  await dialog.getByLabel('用户名').fill('账房');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByText('@账房').first().waitFor();
  await bo.keyboard.press('Escape');
  await bo.keyboard.press('Escape');
  await bo.goto(bo.url());
  await bo.locator('textarea').waitFor();
});

test('what an agent may not do alone is a card that whoever asked decides', async () => {
  await say(ada, '@assistant kick 小波');
  const card = ada.getByRole('region', { name: 'Approval 1' });
  await card.getByText('/kick 小波').waitFor();
  const other = bo.getByRole('region', { name: '待批准操作 1' });
  await other.getByText('/kick 小波').waitFor();
  expect(await other.getByRole('button', { name: '批准' }).count()).toBe(0);
  await clean(ada);
  await card.getByRole('button', { name: 'Refuse' }).click();
  await card.getByText('Refused by').waitFor();
  await other.getByText('已拒绝').waitFor();

  await say(ada, '@assistant be quiet unless somebody asks');
  const next = ada.getByRole('region', { name: 'Approval 2' });
  await next.getByText('/mode mention').waitFor();
  await next.getByRole('button', { name: 'Allow' }).click();
  await next.getByText('Allowed by @ada, done').waitFor();
});

test('the lens shows what an answer rests on, and thumbs and regenerate are at hand', async () => {
  await say(ada, '@assistant who is here today?');
  const answer = message(ada, 'These are here.').last();
  await answer.waitFor();
  await press(answer, 'Info');
  const lens = ada.locator('dialog');
  await lens.getByText('@ada mentioned it').waitFor();
  await lens.getByText('scripted').first().waitFor();
  await lens.getByText('users').first().waitFor();
  await clean(ada);
  await ada.keyboard.press('Escape');
  await press(answer, 'Good answer');
  await expect.poll(() => answer.getByRole('button', { name: 'Good answer' }).getAttribute('aria-pressed')).toBe('true');
  await press(answer, 'Regenerate');
  await ada.getByText('Earlier answer').first().waitFor();
});

test('the room says when agents speak, and everybody sees the change', async () => {
  await ada.getByRole('button', { name: /AI members here/ }).click();
  await ada.getByText('Never', { exact: true }).click();
  await bo.getByText('AI 成员不再在这里发言').waitFor();
  await ada.keyboard.press('Escape');
  await say(ada, '@assistant hello?');
  await ada.locator('.notice', { hasText: 'switched off' }).waitFor();
  await ada.getByRole('button', { name: /AI members here/ }).click();
  await ada.getByText('When addressed', { exact: true }).click();
  await bo.getByText('AI 成员现在被叫到时才发言').waitFor();
  await ada.keyboard.press('Escape');
});

test('what is private from AI is marked for people', async () => {
  await bo.getByRole('button', { name: '对 AI 保密' }).click();
  await say(bo, '只给大家看');
  await message(ada, '只给大家看').waitFor();
  await message(ada, '只给大家看').getByText('AI does not read this').waitFor();
});

test('usage and audit are there for whoever may see them', async () => {
  await openAgents(ada, null, 'AI members');
  const dialog = ada.locator('dialog');
  await dialog.getByRole('tab', { name: 'Usage' }).click();
  const plot = dialog.getByRole('img', { name: /Tokens over the last 31 days/ }).first();
  await plot.locator('canvas').waitFor();
  await clean(ada);
  // Whoever points at today is told today's sum; whoever cannot reads it in the table.
  const figure = dialog.locator('figure').first();
  await figure.getByText('As a table').click();
  const today = (await figure.getByRole('cell').first().textContent())!;
  expect(today).toMatch(/^[1-9][\d,]* tokens?$/);
  const { x, y, width, height } = (await plot.locator('.u-over').boundingBox())!;
  await ada.mouse.move(x + width - 3, y + height - 3);
  await figure.locator('p').getByText(today).waitFor();
  await clean(ada);
  await dialog.getByRole('tab', { name: 'Audit' }).click();
  await dialog.getByText('users').first().waitFor();
  await dialog.getByRole('tab', { name: 'Tool servers' }).click();
  await dialog.getByText('There are none yet.').waitFor();
  await clean(ada);
});
