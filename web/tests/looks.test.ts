// Every page, panel and dialog as it looks: light and dark, in English on a wide screen and in Chinese
// on a phone, with talk of all kinds in the room. Nothing that axe knows of stands in anybody's way.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ada, bo, furnish, STOPS, visit, words } from './stops';
import { picture, type World } from './world';

let here: World;

beforeAll(async () => {
  here = await furnish();
});

afterAll(async () => here?.end());

/** Whatever axe finds, however slight, in what is on top. `rules`: those alone. */
async function faultless(page: Page, rules?: string[]): Promise<void> {
  const axe = new AxeBuilder({ page: page as never });
  for (const top of ['dialog[open]', '[data-panel]:not([data-panel=members])']) {
    if ((await page.locator(top).count()) === 0) continue;
    axe.include(top);
    break;
  }
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test.each(Object.keys(STOPS))('%s stands in nobody’s way, light or dark', async (stop) => {
  await ada.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await visit(ada, stop);
  await faultless(ada);
  await picture(ada, `en-${stop}-light`);
  // Only colours differ between one theme and the next.
  await ada.emulateMedia({ colorScheme: 'dark' });
  await faultless(ada, ['color-contrast']);
  await picture(ada, `en-${stop}-dark`);
  await bo.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await visit(bo, stop);
  await faultless(bo);
  await picture(bo, `zh-${stop}-dark`);
  if (process.env['SALON_PICTURES']) await bo.emulateMedia({ colorScheme: 'light' });
  await picture(bo, `zh-${stop}-light`);
});

test('a device that asks for more contrast gets it, light or dark', async () => {
  for (const [page, colorScheme] of [[ada, 'light'], [bo, 'dark']] as const) {
    await page.emulateMedia({ colorScheme, contrast: 'more' });
    await visit(page, 'past');
    await faultless(page, ['color-contrast-enhanced']);
    await picture(page, `${words(page, 'en', 'zh')}-contrast-${colorScheme}`);
    await page.emulateMedia({ contrast: 'no-preference' });
  }
});

test('the doors stand in nobody’s way, light or dark', async () => {
  for (const [lang, options] of [['en', {}], ['zh', { locale: 'zh-CN', viewport: { width: 390, height: 844 } }]] as const) {
    const page = await here.page(options);
    for (const [door, path] of [['sign-in', '/'], ['join', '/join#nothing']] as const) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(`${here.url}${path}`);
      await (door === 'join' ? page.getByRole('alert') : page.locator('input[name=username]')).waitFor();
      await faultless(page);
      await picture(page, `${lang}-${door}-light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await faultless(page, ['color-contrast']);
      await picture(page, `${lang}-${door}-dark`);
    }
    await page.context().close();
  }
});
