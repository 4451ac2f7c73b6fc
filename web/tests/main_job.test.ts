// Two people in two browsers and an agent in one room.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, joinBy, message, post, say, setUp, world, type World } from './world';

let here: World;
let ada: Page;
let bob: Page;
let link: string;

beforeAll(async () => {
  here = await world((question) => {
    if (question.includes('story')) return { words: ['Once ', 'upon ', 'a time.'], hold: true };
    if (question.includes('break')) return { words: [], status: 500 };
    if (question.includes('你好')) return { words: ['你好，', '我是助手。'] };
    if (question.includes('code')) return { words: ['```rust\nfn main() {}\n```'] };
    return { words: ['Hello ', 'there.'] };
  });
  ada = await here.page();
  await setUp(ada, here, 'ada');
  await ada.getByRole('button', { name: 'Invite somebody' }).click();
  await ada.getByRole('button', { name: 'Make a link' }).click();
  link = await ada.getByRole('textbox', { name: 'The link' }).inputValue();
  await ada.locator('dialog').getByRole('button', { name: 'Close' }).click();
  bob = await here.page({ locale: 'zh-CN' });
  await joinBy(bob, link, '小波');
});

afterAll(async () => here?.end());

test('what one says, the other sees', async () => {
  await say(ada, 'Good morning, **everybody**');
  await message(bob, 'Good morning').locator('strong', { hasText: 'everybody' }).waitFor();
  await say(bob, '早上好');
  await message(ada, '早上好').waitFor();
  expect(await ada.locator('.pending').count()).toBe(0);
});

test('an agent answers in both browsers, in a draft that grows and can be stopped', async () => {
  await say(ada, '@assistant tell me a story');
  const draft = bob.locator('.draft', { hasText: 'Once' });
  await draft.waitFor();
  here.goOn();
  await message(bob, 'Once upon a time.').waitFor();
  await expect.poll(() => bob.locator('.draft').count()).toBe(0);

  await say(ada, '@assistant another story');
  const stop = ada.locator('.draft').getByRole('button', { name: 'Stop' });
  await stop.waitFor();
  await ada.locator('.draft', { hasText: 'Once' }).waitFor();
  await stop.click();
  await ada.locator('.message', { hasText: 'stopped' }).waitFor();
  here.goOn();
});

test('an agent answers Chinese in Chinese', async () => {
  await say(bob, '@assistant 你好');
  await message(ada, '你好，我是助手。').waitFor();
});

test('a failure says so, with a button to try again', async () => {
  await say(ada, '@assistant break');
  const failed = message(ada, 'has a problem');
  await failed.waitFor();
  await failed.getByRole('button', { name: 'Try again' }).waitFor();
});

test('code is coloured without breaking the page’s rules', async () => {
  await say(ada, '@assistant some code please');
  await ada.locator('.message .hljs-keyword', { hasText: 'fn' }).waitFor();
});

test('edits, reactions, replies and deletions reach the other', async () => {
  await say(ada, 'tpyo');
  const mine = message(ada, 'tpyo');
  await mine.hover();
  await mine.getByRole('button', { name: 'Edit' }).click();
  await ada.locator('textarea').fill('typo');
  await ada.keyboard.press('Enter');
  const theirs = bob.locator('.message', { hasText: 'typo' });
  await theirs.waitFor();
  await theirs.hover();
  await theirs.getByRole('button', { name: '表情回应' }).click();
  await theirs.getByRole('button', { name: '🎉' }).click();
  await ada.locator('.message', { hasText: 'typo' }).locator('.reactions', { hasText: '🎉' }).waitFor();
  await theirs.hover();
  await theirs.getByRole('button', { name: '回复' }).click();
  await say(bob, '没关系');
  await ada.locator('.message', { hasText: '没关系' }).locator('.answered', { hasText: 'typo' }).waitFor();
  const gone = ada.locator('.message', { hasText: 'typo' }).first();
  await gone.hover();
  await gone.getByRole('button', { name: 'Delete' }).click();
  await agree(ada);
  await bob.getByText('消息已删除。').first().waitFor();
});

test('a command answers only whoever typed it, and suggestions help to type it', async () => {
  await ada.locator('textarea').pressSequentially('/use');
  await ada.getByRole('option', { name: /users/ }).waitFor();
  await ada.keyboard.press('Tab');
  await ada.keyboard.press('Enter');
  await ada.locator('.notice', { hasText: '@小波' }).waitFor();
  expect(await bob.locator('.notice').count()).toBe(0);
});

test('Enter belongs to an input method while it composes', async () => {
  const box = bob.locator('textarea');
  await box.fill('ni');
  await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  expect(await box.inputValue()).toBe('ni');
  await box.fill('');
});

test('a private message opens a direct room and counts as unread', async () => {
  await say(ada, '/t 小波 just for you');
  await bob.locator('nav a', { hasText: 'ada' }).locator('.count', { hasText: '1' }).waitFor();
  await bob.locator('nav a', { hasText: 'ada' }).click();
  await message(bob, 'just for you').waitFor();
  await expect.poll(() => bob.locator('nav a', { hasText: 'ada' }).locator('.count').count()).toBe(0);
  await bob.locator('nav a', { hasText: 'general' }).click();
});

test('what was said while the connection was lost comes afterwards', async () => {
  await bob.context().setOffline(true);
  await bob.evaluate(() => window.dispatchEvent(new Event('offline')));
  await say(ada, 'are you there?');
  await bob.context().setOffline(false);
  await bob.evaluate(() => window.dispatchEvent(new Event('online')));
  await message(bob, 'are you there?').waitFor();
  expect(await message(bob, 'are you there?').count()).toBe(1);
});

test('a new room says how it comes to life', async () => {
  for (const [page, name, invite, words] of [[ada, 'den', 'Bring somebody in', 'Say what it is about'], [bob, '书房', '邀请别人加入', '说说这里聊什么']] as const) {
    await post(page, '/api/rooms', { name });
    await page.locator('#side a', { hasText: name }).click();
    await page.getByRole('button', { name: words }).click();
    await expect.poll(() => page.locator('main textarea').inputValue()).toBe('/topic ');
    await page.getByRole('button', { name: invite }).click();
    await expect.poll(() => page.locator('main textarea').inputValue()).toBe('/invite @');
    await page.locator('main textarea').fill('');
    await page.locator('#side a', { hasText: 'general' }).click();
    await page.locator('h1', { hasText: '#general' }).waitFor();
  }
});

test('a page loaded anew is still signed in and shows the past', async () => {
  await bob.reload();
  await message(bob, '早上好').waitFor();
});

test('the past is fetched page by page while one scrolls up, and a link leads to one message', async () => {
  await ada.evaluate(async () => {
    const post = (path: string, body: object) =>
      fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    await post('/api/rooms', { name: 'long' });
    for (let n = 1; n <= 130; n++) await post('/api/rooms/long/messages', { text: `line ${n}.` });
  });
  await ada.locator('nav a', { hasText: 'long' }).click();
  await message(ada, 'line 130.').waitFor();
  expect(await message(ada, 'line 3.').count()).toBe(0);
  const log = ada.getByRole('log');
  await expect
    .poll(async () => {
      await log.evaluate((element) => (element.scrollTop = 0));
      return message(ada, 'line 1.').count();
    }, { timeout: 20_000 })
    .toBe(1);
  await ada.goto(`${ada.url().split('?')[0]}?m=4`);
  await expect.poll(() => ada.locator('[data-seq="4"]').count(), { timeout: 20_000 }).toBe(1);
  await ada.locator('nav a', { hasText: 'general' }).click();
});

test('nothing serious stands in the way of people who use the page differently', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    for (const page of [ada, bob]) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page: page as never }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    }
  }
});

test('signing out closes the door, signing in opens it', async () => {
  await ada.getByRole('button', { name: 'Sign out' }).click();
  await ada.locator('input[name=username]').fill('ada');
  await ada.locator('input[name=password]').fill('wrong password');
  await ada.locator('form button.primary').click();
  await ada.getByRole('alert').waitFor();
  await ada.locator('input[name=password]').fill('correct horse battery');
  await ada.locator('form button.primary').click();
  await ada.locator('textarea').waitFor();
});

test('a link that was used says so', async () => {
  const late = await here.page();
  await late.goto(link);
  await late.getByRole('alert').waitFor();
});
