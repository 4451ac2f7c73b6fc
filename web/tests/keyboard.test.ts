// Everything without a mouse: in English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose, clean, invitation, joinBy, message, picture, post, say, setUp, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ada = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(ada, here, 'ada');
  await post(ada, '/api/rooms', { name: 'tea', topic: 'leaves and kettles' });
  bo = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await joinBy(bo, await invitation(ada), '小波');
});

afterAll(async () => here?.end());

const title = (page: Page, name: string) => page.locator('h1', { hasText: name });

/** A finger from one place to another. */
const draw = (page: Page, selector: string, from: number, to: number) =>
  page.locator(selector).evaluate(
    (element, [from, to]) => {
      const touch = (x: number) => new Touch({ identifier: 1, target: element, clientX: x, clientY: 300 });
      element.dispatchEvent(new TouchEvent('touchstart', { touches: [touch(from)], changedTouches: [touch(from)], bubbles: true }));
      element.dispatchEvent(new TouchEvent('touchend', { touches: [], changedTouches: [touch(to)], bubbles: true }));
    },
    [from, to] as const,
  );

/** Nobody types before it is there. */
async function goTo(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.locator('dialog[open] [role=combobox]').waitFor();
  await page.keyboard.type(words);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
}

test('a key searches, also while one writes, and leaves what was written', async () => {
  await ada.locator('main textarea').fill('half a thought');
  await ada.keyboard.press('Control+Shift+f');
  await ada.getByRole('searchbox', { name: 'Search messages' }).waitFor();
  await ada.keyboard.press('Escape');
  await expect.poll(() => ada.locator('dialog').count()).toBe(0);
  expect(await ada.locator('main textarea').inputValue()).toBe('half a thought');
  await ada.locator('main textarea').fill('');
  await ada.locator('main textarea').blur();
  await ada.keyboard.press('/');
  await ada.getByRole('searchbox', { name: 'Search messages' }).waitFor();
  await ada.keyboard.press('Escape');
  await expect.poll(() => ada.locator('dialog').count()).toBe(0);
});

test('what one opens while a dialog closes stays open', async () => {
  const open = { search: () => ada.getByRole('searchbox', { name: 'Search messages' }), switcher: () => ada.getByRole('combobox', { name: /Go to a room/ }) };
  await ada.keyboard.press('/');
  await open.search().waitFor();
  // Another one, and the same again.
  for (const [key, ctrlKey, next] of [['k', true, 'switcher'], ['k', true, 'switcher'], ['/', false, 'search']] as const) {
    // A browser tells that a dialog has closed in a task of its own: here the next key comes before.
    await ada.evaluate(
      async ([key, ctrlKey]) => {
        const closing = document.querySelector<HTMLDialogElement>('dialog[open]')!;
        const told = new Promise((resolve) => closing.addEventListener('close', resolve));
        closing.close();
        for (let n = 0; n < 20; n++) await null;
        window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey }));
        await told;
      },
      [key, ctrlKey] as const,
    );
    await open[next]().waitFor();
  }
  await ada.keyboard.press('Escape');
  await expect.poll(() => ada.locator('dialog').count()).toBe(0);
});

test('Ctrl-K goes to a room, a person and a command by a few letters', async () => {
  await ada.keyboard.press('Control+k');
  await ada.getByRole('combobox', { name: /Go to a room/ }).waitFor();
  await clean(ada);
  await ada.keyboard.type('te');
  await picture(ada, 'switcher-en');
  await ada.keyboard.press('Enter');
  await title(ada, 'tea').waitFor();
  expect(await ada.locator('dialog[open]').count()).toBe(0);
  await goTo(ada, '小波');
  await title(ada, '小波').waitFor();
  await goTo(ada, '/topi');
  await expect.poll(() => ada.locator('main textarea').inputValue()).toBe('/topic ');
  await ada.locator('main textarea').fill('');
  await bo.keyboard.press('Control+k');
  await bo.getByRole('combobox', { name: /跳转到聊天室/ }).fill('gen');
  await bo.getByRole('option', { name: /#general/ }).waitFor();
  await picture(bo, 'switcher-zh');
  await clean(bo);
  await bo.keyboard.press('Escape');
});

test('the arrows go through the rooms and through the messages, and Enter opens a message’s menu', async () => {
  await goTo(ada, 'tea');
  await title(ada, 'tea').waitFor();
  for (const text of ['first', 'second', 'third']) {
    await say(ada, text);
    await ada.locator('.message', { hasText: text }).waitFor();
  }
  await ada.locator('.scroller').focus();
  await ada.keyboard.press('ArrowUp');
  await ada.locator('.message:focus', { hasText: 'third' }).waitFor();
  await ada.keyboard.press('ArrowUp');
  await ada.locator('.message:focus', { hasText: 'second' }).waitFor();
  await ada.keyboard.press('Enter');
  await ada.getByRole('menuitem', { name: 'Copy text' }).waitFor();
  await ada.keyboard.press('Escape');
  await ada.locator('.scroller').focus();
  await ada.keyboard.press('c');
  await expect.poll(() => ada.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  await ada.keyboard.press('Alt+ArrowUp');
  await title(ada, 'general').waitFor();
  await ada.keyboard.press('Alt+ArrowDown');
  await title(ada, 'tea').waitFor();
});

test('a question mark tells of the keys, except while one writes', async () => {
  await ada.locator('main textarea').focus();
  await ada.keyboard.type('why?');
  expect(await ada.locator('dialog[open]').count()).toBe(0);
  await ada.locator('main textarea').fill('');
  await ada.locator('.scroller').focus();
  await ada.keyboard.press('?');
  await ada.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await clean(ada);
  await picture(ada, 'shortcuts-en');
  await ada.keyboard.press('Escape');
  await bo.locator('.scroller').focus();
  await bo.keyboard.press('?');
  await bo.getByRole('dialog', { name: '键盘快捷键' }).waitFor();
  await clean(bo);
  await picture(bo, 'shortcuts-zh');
  await bo.keyboard.press('Escape');
});

test('a question over the page is answered by keys, which then go on where they were', async () => {
  for (const [page, words, remove] of [[ada, 'Not to be kept', 'Delete'], [bo, '不必保留', '删除']] as const) {
    await say(page, words);
    await message(page, words).waitFor();
    await choose(page, words, remove);
    const asked = page.getByRole('dialog', { name: remove, exact: true });
    await asked.waitFor();
    await clean(page);
    await picture(page, `asked-${remove}`);
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    await message(page, words).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.message') !== null)).toBe(true);
    await choose(page, words, remove);
    await asked.getByRole('button', { name: remove, exact: true }).press('Enter');
    await asked.waitFor({ state: 'detached' });
    await expect.poll(() => message(page, words).count()).toBe(0);
  }
});

test('a finger draws the list of rooms in and away', async () => {
  const list = bo.locator('#side nav');
  expect(await list.isVisible()).toBe(false);
  await draw(bo, 'main', 40, 240);
  await list.waitFor({ state: 'visible' });
  await draw(bo, '#side', 240, 40);
  await list.waitFor({ state: 'hidden' });
});

test('at twice the size nothing runs out of the page, and motion stops where it is not wanted', async () => {
  const page = await ada.context().newPage();
  await page.setViewportSize({ width: 640, height: 400 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(ada.url());
  await page.locator('.message').first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
  // What still changes does so within one frame: it may run at the moment that one looks, not at every look.
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
  const long = await page.evaluate(() =>
    document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().duration) > 1).length);
  expect(long).toBe(0);
  await page.close();
});
