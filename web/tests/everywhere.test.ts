// Each page, panel and dialog where no other test opens it: in English on a phone, in Chinese on a wide
// screen. It is there, in its language, and nothing of it is out of reach.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ada, bo, furnish, speaksChinese, STOPS, visit, words } from './stops';
import { picture, type World } from './world';

let here: World;
let phone: Page;
let wide: Page;

beforeAll(async () => {
  here = await furnish();
  // The same people on another device.
  const device = async (of: Page, options: object) => here.page({ storageState: await of.context().storageState(), reducedMotion: 'reduce', ...options });
  phone = await device(ada, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  wide = await device(bo, { viewport: { width: 1280, height: 800 }, locale: 'zh-CN', colorScheme: 'dark' });
  speaksChinese(wide);
});

afterAll(async () => here?.end());

/** Controls of what is on top that stand outside the window and cannot be scrolled to. */
const outOfReach = (page: Page) =>
  page.evaluate(() => {
    const top = document.querySelector('dialog[open]') ?? document.querySelector('[data-panel]') ?? document.body;
    const controls = [...top.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea')];
    const scrolls = (element: Element | null): boolean => {
      for (let at = element; at; at = at.parentElement) if (at.scrollWidth > at.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
      return false;
    };
    return controls
      .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !scrolls(one))
      .filter((one) => {
        const { left, right, width } = one.getBoundingClientRect();
        return width > 1 && (left < -1 || right > innerWidth + 1);
      })
      .map((one) => one.outerHTML.slice(0, 120));
  });

test.each(Object.keys(STOPS))('%s is there in either language on the other screen', async (stop) => {
  for (const page of [phone, wide]) {
    await visit(page, stop);
    const lang = words(page, 'en', 'zh-CN');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(lang);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await expect.poll(() => outOfReach(page)).toEqual([]);
    await picture(page, `${words(page, 'en-phone', 'zh-wide')}-${stop}`);
  }
});
