// A long room: in English on a wide screen, in Chinese on a phone.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invitation, joinBy, message, picture, say, setUp, world, type World } from './world';

const LINES = 400;

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  process.env['SALON_RATE_LIMITS'] = 'off';
  here = await world((question) => ({ words: question.includes('long') ? Array.from({ length: 30 }, (_, n) => `Line ${n}.\n\n`) : ['Hello.'], hold: true }));
  ada = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(ada, here, 'ada');
  await fill(ada, 1, LINES);
  bo = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await joinBy(bo, await invitation(ada), '小波');
});

afterAll(async () => here?.end());

/** Messages of different heights. */
const fill = (page: Page, from: number, to: number) =>
  page.evaluate(
    async ([from, to]) => {
      for (let n = from; n <= to; n++) {
        const text = `line ${n}. ${n % 7 === 0 ? '沙龙里的每一句话都有它的位置。'.repeat(12) : ''}`;
        await fetch('/api/rooms/general/messages', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) });
      }
    },
    [from, to] as const,
  );

const line = (page: Page, n: number) => page.locator('.message', { hasText: new RegExp(`line ${n}\\.`) });
const scroller = (page: Page) => page.locator('.scroller');
const told = (page: Page) => page.locator('.outer > [role=status].visually-hidden');
const drawn = (page: Page) => page.locator('.slot').count();
const scrollBy = (page: Page, by: number) => scroller(page).evaluate((element, by) => element.scrollBy(0, by), by);
const fromEnd = (page: Page) => scroller(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

/** A line that is wholly seen. */
const seen = (page: Page) =>
  page.evaluate(() => {
    const box = document.querySelector('.scroller')!.getBoundingClientRect();
    const one = [...document.querySelectorAll('.message')].find((element) => element.getBoundingClientRect().top > box.top + 40);
    return Number(/line (\d+)\./.exec(one?.textContent ?? '')?.[1]);
  });

/** How far one line moves while something happens, over every frame of it. */
async function movement(page: Page, n: number, during: () => Promise<unknown>): Promise<number> {
  await page.evaluate((n) => {
    const of = () => [...document.querySelectorAll('.message')].find((element) => element.textContent?.includes(`line ${n}.`))?.getBoundingClientRect().top;
    const first = of()!;
    const watch = ((window as never as { watch: { most: number; on: boolean } }).watch = { most: 0, on: true });
    const look = () => {
      watch.most = Math.max(watch.most, Math.abs((of() ?? Infinity) - first));
      if (watch.on) requestAnimationFrame(look);
    };
    look();
  }, n);
  await during();
  return page.evaluate(() => {
    const { watch } = window as never as { watch: { most: number; on: boolean } };
    watch.on = false;
    return watch.most;
  });
}

test('a room opens at its end and draws only what is near', async () => {
  for (const page of [ada, bo]) {
    await line(page, LINES).waitFor();
    await expect.poll(() => fromEnd(page)).toBeLessThan(2);
  }
  expect(await drawn(ada)).toBeLessThan(80);
});

test('older messages come while one scrolls up, and nothing that is seen moves for them', async () => {
  for (const page of [ada, bo]) {
    for (let round = 0; round < 60 && (await line(page, 100).count()) === 0; round++) {
      await scrollBy(page, -700);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    await line(page, 100).waitFor();
    expect(await drawn(page)).toBeLessThan(120);
    const n = await seen(page);
    const words = `something new ${page === ada ? 'a' : 'b'}`;
    const moved = await movement(page, n, async () => {
      await say(page === ada ? bo : ada, words);
      await expect.poll(() => told(page).textContent()).toContain(words);
    });
    expect(moved).toBeLessThan(2);
  }
  await ada.locator('.newest').click();
  await ada.locator('.message', { hasText: 'something new a' }).waitFor();
  await expect.poll(() => fromEnd(ada)).toBeLessThan(2);
});

test('whoever reads the end stays there while an answer grows, whoever reads above stays above', async () => {
  const n = await seen(bo);
  await say(ada, '@assistant a long answer');
  await ada.getByText('Line 0.').waitFor();
  const moved = await movement(bo, n, async () => {
    here.goOn();
    await ada.locator('.message', { hasText: 'Line 29.' }).waitFor();
  });
  expect(moved).toBeLessThan(2);
  await expect.poll(() => fromEnd(ada)).toBeLessThan(2);
});

test('whoever reads above is told how much waits below', async () => {
  for (const [page, other, button, text] of [[ada, bo, 'Newest', 'from below'], [bo, ada, '最新消息', '下面的话']] as const) {
    await scroller(page).evaluate((element) => element.scrollTo(0, element.scrollHeight - 3_000));
    await page.getByRole('button', { name: button }).waitFor();
    await say(other, text);
    await page.getByRole('button', { name: new RegExp(`^${button} ?1$`) }).click();
    await message(page, text).waitFor();
    await expect.poll(() => page.getByRole('button', { name: button }).count()).toBe(0);
  }
});

test('any message can be jumped to, and one goes on from there in both directions', async () => {
  const seq = await ada.evaluate(async () => {
    const { messages } = await (await fetch('/api/rooms/general/messages?limit=1&before=60')).json();
    return messages[0].seq as number;
  });
  for (const page of [ada, bo]) {
    const room = new URL(page.url()).pathname;
    await page.goto(`${here.url}${room}?m=${seq}`);
    const found = page.locator('.message.found');
    await found.waitFor();
    const box = await found.boundingBox();
    expect(box && box.y > 50 && box.y < 700).toBe(true);
    await picture(page, page === ada ? 'history-en' : 'history-zh');
    // Towards what is now, page by page, until it is met.
    for (let round = 0; round < 400 && (await page.locator('.message', { hasText: 'something new a' }).count()) === 0; round++) {
      await scrollBy(page, 900);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    await page.locator('.message', { hasText: 'something new a' }).waitFor();
  }
});

test('a screen reader is told of whole messages, and of a burst only how many', async () => {
  await say(ada, 'a word for the ear');
  await expect.poll(() => told(bo).textContent()).toBe('ada：a word for the ear');
  await fill(ada, 1001, 1012);
  await expect.poll(() => told(bo).textContent()).toMatch(/^\d+ 条新消息$/);
  for (const page of [ada, bo]) {
    const { violations } = await new AxeBuilder({ page: page as never }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  }
});
