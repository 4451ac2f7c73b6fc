// Mentions, what is unread, and of what one is told: in English on a wide screen, in Chinese on a
// phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, message, pair, picture, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;
/** The same person as `bo`, on another device. */
let other: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
  other = await bo.context().newPage();
  await other.setViewportSize({ width: 1280, height: 800 });
  await other.goto(bo.url());
  await other.locator('textarea').waitFor();
});

afterAll(async () => here?.end());

const inList = (page: Page, name: string) => page.locator('nav a', { hasText: name });

/** Does what one can do with a message, by its menu. */
async function doWith(page: Page, text: string, name: string): Promise<void> {
  const one = message(page, text);
  await one.scrollIntoViewIfNeeded();
  await one.getByRole('button').first().focus().catch(() => {});
  await one.hover();
  const more = one.getByRole('button', { name: /^(More|更多)$/, includeHidden: true });
  await more.focus();
  await more.press('Enter');
  await page.getByRole('menuitem', { name }).click();
}

async function visit(page: Page, name: string): Promise<void> {
  if (await page.locator('.to-menu').first().isVisible()) await page.locator('.to-menu').first().click();
  await inList(page, name).click();
  await page.locator('h1', { hasText: name }).waitFor();
}

const fill = (page: Page, room: string, lines: number, word: string) =>
  page.evaluate(
    async ([room, lines, word]) => {
      for (let n = 1; n <= lines; n++) {
        await fetch(`/api/rooms/${room}/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: `${word} ${n}.` }) });
      }
    },
    [room, lines, word] as const,
  );

test('a name is suggested, called and marked, with no space behind it in Chinese', async () => {
  await ada.locator('textarea').pressSequentially('@ro');
  await ada.getByRole('option', { name: /@room/ }).waitFor();
  await ada.locator('textarea').fill('');
  await bo.locator('textarea').pressSequentially('@所');
  await bo.getByRole('option', { name: /@所有人/ }).waitFor();
  await bo.locator('textarea').fill('');
  await say(ada, '@小波你好');
  const called = bo.locator('.message.calls', { hasText: '你好' });
  await called.locator('.mention.mine', { hasText: /^@小波$/ }).waitFor();
  expect(await ada.locator('.message.calls').count()).toBe(0);
  await say(bo, '@所有人 开会了');
  await ada.locator('.message.calls .mention.mine', { hasText: '@所有人' }).waitFor();
});

test('what is unread agrees on two devices, and reading on one reads on both', async () => {
  await ada.evaluate(() => fetch('/api/rooms', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'tea', members: ['小波'] }) }));
  await ada.evaluate(() => fetch('/api/commands/invite', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ room: 'tea', args: { user: '小波' } }) }));
  await inList(other, 'tea').waitFor();
  await fill(ada, 'tea', 2, 'leaf');
  await fill(ada, 'tea', 1, '@小波 kettle');
  for (const page of [bo, other]) {
    await inList(page, 'tea').locator('.count.calls', { hasText: '@1' }).waitFor({ state: 'attached' });
    await inList(page, 'tea').locator('.count:not(.calls)', { hasText: '3' }).waitFor({ state: 'attached' });
  }
  await visit(other, 'tea');
  await other.locator('.unread', { hasText: '新消息' }).waitFor();
  await expect.poll(() => inList(bo, 'tea').locator('.count').count()).toBe(0);
});

test('a message marked as unread stays so while one looks at it, on every device', async () => {
  await doWith(other, 'leaf 2.', '从这里标为未读');
  await inList(bo, 'tea').locator('.count:not(.calls)', { hasText: '2' }).waitFor({ state: 'attached' });
  await inList(other, 'tea').locator('.count:not(.calls)', { hasText: '2' }).waitFor();
  await say(ada, '/topic none');
  await visit(ada, 'tea');
  await say(ada, 'one more leaf');
  await message(other, 'one more leaf').waitFor();
  await inList(bo, 'tea').locator('.count:not(.calls)', { hasText: '3' }).waitFor({ state: 'attached' });
  await visit(other, 'general');
  await visit(other, 'tea');
  await expect.poll(() => inList(bo, 'tea').locator('.count').count()).toBe(0);
});

test('whoever comes late is led to the first new message', async () => {
  await visit(other, 'general');
  await fill(ada, 'tea', 70, 'steam');
  await inList(bo, 'tea').locator('.count', { hasText: '70' }).waitFor({ state: 'attached' });
  await visit(bo, 'tea');
  const bar = bo.getByRole('button', { name: /上方有 70 条新消息/ });
  await bar.waitFor();
  await picture(bo, 'unread-zh');
  await clean(bo);
  await bar.click();
  await message(bo, 'steam 1.').first().waitFor();
  await expect.poll(async () => (await bo.locator('.unread').boundingBox())?.y ?? -1).toBeGreaterThan(50);
  expect(await bar.count()).toBe(0);
});

test('the inbox lists who called one, and leads there', async () => {
  await visit(ada, 'general');
  await visit(bo, 'general');
  await fill(bo, 'tea', 1, '@ada 请看');
  await ada.getByRole('button', { name: 'Mentions', exact: true }).or(ada.locator('button.entry', { hasText: 'Mentions' })).first().click();
  const panel = ada.locator('[data-panel=mentions]');
  await panel.locator('.hit.unread', { hasText: '请看' }).waitFor();
  await panel.locator('.hit', { hasText: '开会了' }).waitFor();
  await clean(ada);
  await picture(ada, 'mentions-en');
  await panel.locator('.hit', { hasText: '请看' }).click();
  await ada.locator('.message.found', { hasText: '请看' }).waitFor();
  await expect.poll(() => panel.locator('.hit.unread').count()).toBe(0);
  await bo.locator('.to-menu').first().click();
  await bo.locator('button.entry', { hasText: '提及' }).click();
  await bo.locator('[data-panel=mentions] .hit', { hasText: '你好' }).waitFor();
  await clean(bo);
  await picture(bo, 'mentions-zh');
  await bo.locator('[data-panel=mentions] .hit', { hasText: '@小波你好' }).click();
  await bo.locator('.message.found', { hasText: '你好' }).waitFor();
});

test('a room says of what one is told, and a quiet one counts nothing', async () => {
  await ada.getByRole('button', { name: 'Notifications: Mentions' }).click();
  await picture(ada, 'bell-en');
  await ada.getByRole('menuitemradio', { name: /Nothing/ }).click();
  await ada.getByRole('button', { name: 'Notifications: Nothing' }).waitFor();
  await visit(ada, 'general');
  await fill(bo, 'tea', 1, 'quiet');
  await fill(bo, 'general', 1, 'loud');
  await message(ada, 'loud 1.').waitFor();
  expect(await inList(ada, 'tea').locator('.count').count()).toBe(0);
  await bo.getByRole('button', { name: '通知：仅提及' }).click();
  await picture(bo, 'bell-zh');
  await bo.getByRole('menuitem', { name: '静音 1 小时' }).click();
  await bo.getByRole('button', { name: /^静音至/ }).waitFor();
  await other.getByRole('button', { name: /^静音至/ }).waitFor();
  await clean(bo);
  await bo.getByRole('button', { name: /^静音至/ }).click();
  await bo.getByRole('menuitem', { name: '解除静音' }).click();
  await bo.getByRole('button', { name: '通知：仅提及' }).waitFor();
});
