// What one can write: emoji by name and from the picker, what is hidden, formulas, code to copy. In
// English on a wide screen, in Chinese on a phone.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clean, drawn, message, pair, picture, post, say, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  ({ ada, bo } = await pair(here));
});

afterAll(async () => here?.end());

test('a shortcode is completed, and closing one makes the emoji', async () => {
  const box = ada.locator('main textarea');
  await box.pressSequentially('hooray :tad');
  await ada.getByRole('option', { name: /:tada:/ }).waitFor();
  await clean(ada);
  await picture(ada, 'shortcode-en');
  await ada.keyboard.press('Enter');
  await expect.poll(() => box.inputValue()).toBe('hooray 🎉');
  await box.pressSequentially(' and :tea:');
  await expect.poll(() => box.inputValue()).toBe('hooray 🎉 and 🍵');
  await ada.keyboard.press('Enter');
  await message(bo, 'hooray 🎉 and 🍵').waitFor();
});

test('a few emoji that say it all are large, and beside words they are as large as these', async () => {
  await say(bo, '🎉👍');
  await say(bo, '好🎉');
  for (const page of [ada, bo]) {
    await message(page, '好🎉').waitFor();
    const size = (text: string) => message(page, text).last().locator('.prose').evaluate((prose) => parseFloat(getComputedStyle(prose).fontSize));
    expect(await size('🎉👍')).toBeGreaterThan(1.5 * (await size('好🎉')));
  }
});

test('a colon inside a sentence completes nothing, so Enter sends', async () => {
  await bo.locator('main textarea').pressSequentially('他说:好');
  await bo.locator('main textarea').press('Enter');
  await message(ada, '他说:好').waitFor();
});

test('an emoji is found by a Chinese word and put where one writes, by keys alone', async () => {
  const box = bo.locator('main textarea');
  await box.fill('喝');
  await bo.getByRole('button', { name: '表情', exact: true }).click();
  const picker = bo.getByRole('dialog', { name: '表情' });
  await picker.getByRole('searchbox').fill('茶');
  await picker.getByRole('button', { name: /茶/ }).first().waitFor();
  await clean(bo);
  await picture(bo, 'emoji-zh');
  await bo.keyboard.press('ArrowDown');
  await bo.keyboard.press('Enter');
  await picker.waitFor({ state: 'detached' });
  await expect.poll(() => box.inputValue()).toMatch(/^喝\p{Extended_Pictographic}/u);
  await bo.keyboard.press('Enter');
  await message(ada, '喝').waitFor();
});

test('any emoji is a reaction, and the last ones come first', async () => {
  await post(bo, '/api/rooms/general/messages', { text: 'react to me' });
  const one = message(ada, 'react to me');
  await one.hover();
  await one.getByRole('button', { name: 'React' }).click();
  await one.getByRole('button', { name: 'Other emoji' }).click();
  const picker = ada.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('searchbox').fill('otter');
  await picker.getByRole('button', { name: 'otter' }).click();
  await message(bo, 'react to me').locator('.reactions', { hasText: '🦦' }).waitFor();
  await ada.getByRole('button', { name: 'Emoji', exact: true }).first().click();
  await ada.getByRole('dialog', { name: 'Emoji' }).getByRole('region', { name: 'Used lately' }).getByRole('button', { name: 'otter' }).waitFor();
  await picture(ada, 'emoji-en');
  // Few of them: axe looks at each.
  await ada.getByRole('dialog', { name: 'Emoji' }).getByRole('searchbox').fill('otter');
  await expect.poll(() => ada.getByRole('dialog', { name: 'Emoji' }).getByRole('button').count()).toBeLessThan(20);
  await clean(ada);
  // Escape would take the words back first.
  await ada.getByRole('dialog', { name: 'Emoji' }).getByRole('searchbox').fill('');
  await ada.keyboard.press('Escape');
  await expect.poll(() => ada.getByRole('dialog', { name: 'Emoji' }).count()).toBe(0);
});

test('what is hidden shows to whoever asks, by pointer or by key, and not in a quote', async () => {
  const { message_id } = await post(ada, '/api/rooms/general/messages', { text: 'It was ||the *butler*||, of course' });
  await post(ada, '/api/rooms/general/messages', { text: 'really?', reply_to: message_id });
  for (const page of [ada, bo]) {
    const name = page === ada ? 'Hidden: press to show' : '已隐藏，点按显示';
    await message(page, 'really?').locator('.answered', { hasText: 'It was ▒▒▒, of course' }).waitFor();
    const hidden = message(page, 'of course').first().getByRole('button', { name });
    await hidden.waitFor();
    await clean(page);
    await picture(page, page === ada ? 'spoiler-en' : 'spoiler-zh');
    if (page === ada) await hidden.click();
    else {
      await hidden.focus();
      await hidden.press('Enter');
    }
    await message(page, 'of course').first().locator('.spoiler.shown em', { hasText: 'butler' }).waitFor();
    expect(await message(page, 'of course').first().getByRole('button', { name }).count()).toBe(0);
  }
});

test('formulas are set, sums of money are not, and what is no formula stays as it was written', async () => {
  await say(ada, 'Euler: $e^{i\\pi} + 1 = 0$, and $$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$ for $5 or $10, but $\\nothing{$');
  for (const page of [ada, bo]) {
    const one = message(page, 'Euler');
    await expect.poll(() => one.locator('math').count()).toBe(2);
    await one.locator('math[display=block] mfrac').waitFor();
    await one.getByText('for $5 or $10, but').waitFor();
    await one.getByText('$\\nothing{$').waitFor();
    await clean(page);
    await picture(page, page === ada ? 'math-en' : 'math-zh');
  }
});

test('a formula is no way for anything else to come in', async () => {
  await say(ada, 'evil $\\href{javascript:alert(1)}{x}$ $\\htmlData{a=b}{y}$ $\\includegraphics{http://127.0.0.1:9/pixel.png}$ $a<img src=x onerror=alert(1)>b$');
  const one = message(bo, 'evil');
  await one.waitFor();
  await expect.poll(() => one.locator('.math:not([data-done])').count()).toBe(0);
  expect(await one.locator('.prose').evaluate((element) => [...element.querySelectorAll('*')].filter((each) => /^(img|script|style|a)$/i.test(each.tagName) || [...each.attributes].some(({ name }) => /^(on|style|href|src)/i.test(name))).map((each) => each.outerHTML))).toEqual([]);
});

test('a list is ticked off, goes on where it was begun, and columns stand where they should', async () => {
  await post(ada, '/api/rooms/general/messages', { text: 'to do:\n\n- [x] tea\n- [ ] cake\n\n5. five\n6. six\n\n| a | b |\n|:--|--:|\n| 1 | 2 |' });
  for (const page of [ada, bo]) {
    const one = message(page, 'to do:');
    await expect.poll(() => one.locator('li .tick').allInnerTexts()).toEqual(['☑', '☐']);
    expect(await one.locator('ol').getAttribute('start')).toBe('5');
    expect(await one.locator('td').last().getAttribute('align')).toBe('right');
    await clean(page);
    await picture(page, page === ada ? 'list-en' : 'list-zh');
  }
});

test('code is copied by its button', async () => {
  await ada.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await say(ada, 'take this:\n```rust\nfn main() {}\n```');
  const one = message(ada, 'take this');
  await one.locator('pre').hover();
  await one.getByRole('button', { name: 'Copy', exact: true }).click();
  await one.getByRole('button', { name: 'Copied' }).waitFor();
  await expect.poll(() => ada.evaluate(() => navigator.clipboard.readText())).toMatch(/^fn main\(\) \{\}\n?$/);
});

test('a member makes an emoji of a picture, and everybody writes it and reacts with it', async () => {
  await ada.goto(`${ada.url().split('?')[0]}?settings=emoji`);
  const dialog = ada.getByRole('dialog', { name: 'Settings' });
  await dialog.getByText('Nobody has made an emoji here yet.').waitFor();
  await dialog.getByLabel('Name').fill('kettle');
  await dialog.getByLabel('Picture').setInputFiles({ name: 'kettle.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') });
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'no picture' }).waitFor();
  await dialog.getByLabel('Picture').setInputFiles({ name: 'kettle.png', mimeType: 'image/png', buffer: await drawn(ada, '#8a4f10', 200, 200) });
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.locator('li', { hasText: ':kettle:' }).locator('img').waitFor();
  await clean(ada);
  await picture(ada, 'own-emoji-en');
  await ada.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await ada.locator('main textarea').pressSequentially('on the :ket');
  await ada.getByRole('option', { name: /:kettle:/ }).waitFor();
  await ada.keyboard.press('Enter');
  await ada.keyboard.press('Enter');
  await message(ada, 'on the').locator('img[alt=":kettle:"]').waitFor();
  const theirs = message(bo, 'on the');
  await theirs.waitFor();
  await expect.poll(() => theirs.locator('img[alt=":kettle:"]').evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length), { timeout: 20_000 }).toBe(1);
  await theirs.focus();
  await theirs.press('Enter');
  await bo.getByRole('menuitem', { name: '更多表情' }).click();
  await bo.getByRole('dialog', { name: '表情' }).getByRole('region', { name: '自制表情' }).getByRole('button').first().click();
  await message(ada, 'on the').locator('.reactions img[alt=":kettle:"]').waitFor();
  await clean(bo);
  await picture(bo, 'own-emoji-zh');
});
