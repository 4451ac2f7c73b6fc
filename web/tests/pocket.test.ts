// The everyday on two phones, one in English and one in Chinese: fingers, the keyboard that covers half
// of the screen, the notch and the bar that belong to the phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, clean, invitation, joinBy, message, picture, say, setUp, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

beforeAll(async () => {
  here = await world((question) => {
    if (question.includes('story') || question.includes('故事')) return { words: ['Once ', 'upon ', 'a time.'], hold: true };
    return { words: ['Hello ', 'there.'] };
  });
  ada = await here.page({ ...PHONE, colorScheme: 'dark' });
  await setUp(ada, here, 'ada');
  bo = await here.page({ ...PHONE, locale: 'zh-CN' });
  await joinBy(bo, await invitation(ada), '小波');
});

afterAll(async () => here?.end());

const words = (page: Page, en: string, zh: string) => (page === ada ? en : zh);
const other = (page: Page) => (page === ada ? bo : ada);

/** A finger rests on a message until its sheet comes, and taps what is named there. */
async function press(page: Page, text: string, name: string): Promise<void> {
  const found = message(page, text).first();
  await found.scrollIntoViewIfNeeded();
  const { x, y, height } = (await found.boundingBox())!;
  const finger = await page.context().newCDPSession(page);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: x + 8, y: y + height / 2 }] });
  const entry = page.getByRole('menuitem', { name, exact: true });
  await entry.waitFor();
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await entry.tap();
  await finger.detach();
}

const composer = (page: Page) => page.locator('main textarea');

async function openList(page: Page): Promise<void> {
  await page.getByRole('button', { name: words(page, 'Rooms and people', '聊天室与成员') }).first().tap();
  await page.locator('#side nav').waitFor();
}

test('both write, answer and react with a finger, in their languages', async () => {
  for (const page of [ada, bo]) {
    const text = words(page, 'Tea is ready', '茶好了');
    await say(page, text);
    const theirs = other(page);
    await message(theirs, text).waitFor();
    await press(theirs, text, '🎉');
    await message(page, text).locator('.reactions', { hasText: '🎉' }).waitFor();
    await press(theirs, text, words(theirs, 'Reply', '回复'));
    const answer = words(theirs, 'Thank you', '谢谢');
    await say(theirs, answer);
    await message(page, answer).locator('.answered', { hasText: text }).waitFor();
    await picture(page, `pocket-room-${words(page, 'en', 'zh')}`);
    await clean(page);
  }
});

test('both change and delete what they wrote, and the other sees it', async () => {
  for (const page of [ada, bo]) {
    const [wrong, right] = [words(page, 'tpyo', '错子'), words(page, 'typo', '错字')];
    await say(page, wrong);
    await message(page, wrong).waitFor();
    await press(page, wrong, words(page, 'Edit', '编辑'));
    await composer(page).fill(right);
    await page.getByRole('button', { name: words(page, 'Save', '保存') }).or(page.getByRole('button', { name: words(page, 'Send', '发送'), exact: true })).first().tap();
    await message(other(page), right).waitFor();
    await press(page, right, words(page, 'Delete', '删除'));
    await agree(page);
    await other(page).getByText(words(other(page), 'This message was deleted.', '消息已删除。')).first().waitFor();
    await expect.poll(() => message(other(page), right).count()).toBe(0);
  }
});

test('an AI member is asked, watched and stopped', async () => {
  for (const page of [ada, bo]) {
    const before = await message(page, 'Once upon a time.').count();
    await say(page, words(page, '@assistant a story', '@assistant 讲个故事'));
    await page.locator('.draft', { hasText: 'Once' }).waitFor();
    await picture(page, `pocket-draft-${words(page, 'en', 'zh')}`);
    here.goOn();
    await expect.poll(() => message(page, 'Once upon a time.').count()).toBe(before + 1);
    await expect.poll(() => page.locator('.draft').count()).toBe(0);
    await say(page, words(page, '@assistant one more story', '@assistant 再讲个故事'));
    await page.locator('.draft', { hasText: 'Once' }).waitFor();
    await page.locator('.draft').getByRole('button', { name: words(page, 'Stop', '停止') }).tap();
    await expect.poll(() => page.locator('.draft').count()).toBe(0);
    here.goOn();
  }
});

test('a private message is written from the list of people, and counts until it is read', async () => {
  for (const page of [ada, bo]) {
    await openList(page);
    await page.locator('#side').getByRole('button', { name: words(page, 'Write to somebody', '发起私聊') }).tap();
    await page.locator('dialog[open]').getByRole('button', { name: page === ada ? /小波/ : /ada/ }).tap();
    await page.locator('h1', { hasText: page === ada ? '小波' : 'ada' }).waitFor();
    await say(page, words(page, 'just for you', '只给你看'));
    const theirs = other(page);
    await openList(theirs);
    const entry = theirs.locator('#side nav a', { hasText: theirs === ada ? '小波' : 'ada' });
    await entry.locator('.count').waitFor();
    await entry.tap();
    await message(theirs, words(page, 'just for you', '只给你看')).waitFor();
    for (const one of [page, theirs]) {
      await openList(one);
      await one.locator('#side nav a', { hasText: 'general' }).tap();
      await one.locator('h1', { hasText: 'general' }).waitFor();
    }
  }
});

test('what is said is found and led to', async () => {
  for (const page of [ada, bo]) {
    await openList(page);
    await page.locator('#side').getByRole('button', { name: words(page, 'Search', '搜索'), exact: true }).tap();
    await page.getByRole('searchbox').fill(words(page, 'ready', '好了'));
    await page.locator('.hit').first().tap();
    await page.locator('.message.found', { hasText: words(page, 'Tea is ready', '茶好了') }).waitFor();
  }
});

test('the keyboard takes half of the screen, and one still sees what one writes and what was said last', async () => {
  for (const page of [ada, bo]) {
    await page.goto(page.url().split('?')[0]!);
    const last = words(page, 'the last line', '最后一行');
    for (let n = 0; n < 12; n++) await say(page, `${n}. ${words(page, 'line', '行')}`);
    await say(page, last);
    await message(page, last).waitFor();
    await composer(page).tap();
    // A browser that makes room: the page itself becomes lower.
    await page.setViewportSize({ width: 390, height: 460 });
    await expect.poll(() => inSight(page, last, 460)).toBe(true);
    await picture(page, `pocket-keyboard-${words(page, 'en', 'zh')}`);
    await page.setViewportSize(PHONE.viewport);
    await expect.poll(() => inSight(page, last, 844)).toBe(true);
    // A browser that lays the keyboard over the page: only what is seen of it becomes lower.
    await page.evaluate(() => {
      Object.defineProperty(window.visualViewport, 'height', { configurable: true, get: () => 430 });
      window.visualViewport!.dispatchEvent(new Event('resize'));
    });
    await expect.poll(() => inSight(page, last, 430)).toBe(true);
    await page.evaluate(() => {
      Object.defineProperty(window.visualViewport, 'height', { configurable: true, get: () => innerHeight });
      window.visualViewport!.dispatchEvent(new Event('resize'));
    });
    await expect.poll(() => page.locator('#app').evaluate((app) => app.clientHeight)).toBe(844);
  }
});

/** Whether the field and the message stand within so much of the window. */
async function inSight(page: Page, text: string, height: number): Promise<boolean> {
  const [field, said] = [await composer(page).boundingBox(), await message(page, text).last().boundingBox()];
  return field !== null && said !== null && said.y >= 0 && said.y + said.height <= field.y + 1 && field.y + field.height <= height;
}

test('nothing stands under the notch or the bar of the phone', async () => {
  for (const page of [ada, bo]) {
    const device = await page.context().newCDPSession(page);
    const insets = { top: 47, topMax: 47, bottom: 34, bottomMax: 34 };
    await device.send('Emulation.setSafeAreaInsetsOverride', { insets });
    // It holds for what is loaded with it.
    expect(await page.evaluate(() => {
      const probe = Object.assign(document.createElement('div'), { style: 'position:fixed;height:env(safe-area-inset-top)' });
      document.body.append(probe);
      const { height } = probe.getBoundingClientRect();
      probe.remove();
      return height;
    })).toBe(47);
    await free(page, 'main');
    await picture(page, `pocket-notch-${words(page, 'en', 'zh')}`);
    await openList(page);
    await free(page, '#side');
    await picture(page, `pocket-notch-list-${words(page, 'en', 'zh')}`);
    for (const panel of ['members', 'pins', 'threads']) {
      await page.goto(`${here.url}${new URL(page.url()).pathname}?panel=${panel}`);
      await page.locator(`[data-panel=${panel}]`).waitFor();
      await free(page, `[data-panel=${panel}]`);
    }
    await page.goto(`${here.url}${new URL(page.url()).pathname}?settings=appearance`);
    await page.locator('dialog[open]').waitFor();
    await free(page, 'dialog[open]');
    await picture(page, `pocket-notch-settings-${words(page, 'en', 'zh')}`);
    await device.send('Emulation.setSafeAreaInsetsOverride', { insets: {} });
  }
});

/** No control in sight of it stands where the phone has something of its own. */
async function free(page: Page, selector: string): Promise<void> {
  await expect.poll(() => page.locator(selector).first().evaluate(async (root) => {
    await Promise.all(root.getAnimations({ subtree: true }).map((one) => one.finished.catch(() => undefined)));
    return [...root.querySelectorAll<HTMLElement>('button, a[href], input, textarea, select, h1, h2')]
      .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest('.scroller, .content ul'))
      .filter((one) => {
        const { top, bottom, height } = one.getBoundingClientRect();
        return height > 1 && bottom > 0 && top < innerHeight && (top < 47 || bottom > innerHeight - 34);
      })
      .map((one) => one.outerHTML.slice(0, 140));
  })).toEqual([]);
}
