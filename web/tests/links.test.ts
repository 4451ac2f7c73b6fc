// What links lead to: in English on a wide screen, in Chinese on a phone.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agree, ask, choose, clean, drawn, message, pair, picture, say, world, type World } from './world';

let site: Server;
let origin: string;
let here: World;
let ada: Page;
let bo: Page;
/** What the site was asked for, and by whom. */
const asked: { path: string; agent: string }[] = [];
let poster: Buffer;

const PAGES: Record<string, string> = {
  '/tea': `<title>x</title><meta property="og:title" content="How to brew green tea"><meta property="og:site_name" content="The Tea Almanac">
    <meta property="og:description" content="Water at 75 °C, two minutes, and a pot that has been warmed before. A long description goes on, and is cut where the card ends, whatever the page would like to say besides.">
    <meta property="og:image" content="/poster.png">`,
  '/zh': '<title>绿茶怎么泡：水温、时间与茶壶</title><meta name="description" content="用七十五度的水泡两分钟，茶壶要先温过。">',
};

beforeAll(async () => {
  site = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, agent: request.headers['user-agent'] ?? '' });
    if (path === '/poster.png') response.writeHead(200, { 'content-type': 'image/png' }).end(poster);
    else if (PAGES[path]) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGES[path]);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  const { port } = site.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  here = await world(() => ({ words: ['Nothing to say.'] }), `[link_previews]\nallowed_addresses = ["127.0.0.1:${port}"]\n`);
  ({ ada, bo } = await pair(here));
  poster = await drawn(ada, '#2c6e3f', 900, 600);
});

afterAll(async () => {
  await here?.end();
  site?.closeAllConnections();
  site?.close();
});

const loaded = (page: Page) =>
  expect.poll(() => page.locator('.card img, .picture img').evaluateAll((all) => all.every((one) => one instanceof HTMLImageElement && one.complete && one.naturalWidth > 0))).toBe(true);

test('what a link leads to is shown below it, and the browser asks nobody but the server', async () => {
  await say(ada, `Read this before Friday: ${origin}/tea`);
  const card = message(bo, 'Read this before Friday').getByRole('link', { name: 'How to brew green tea' });
  await card.waitFor();
  expect(await card.getAttribute('href')).toBe(`${origin}/tea`);
  expect(await card.getAttribute('rel')).toContain('noopener');
  await say(bo, `中文的在这里 ${origin}/zh ，图片在 ${origin}/poster.png`);
  await message(ada, '中文的在这里').getByRole('link', { name: '绿茶怎么泡' }).waitFor();
  await message(ada, '中文的在这里').getByRole('img', { name: 'Picture at 127.0.0.1' }).waitFor();
  await loaded(ada);
  await loaded(bo);
  await clean(ada);
  await picture(ada, 'links-en');
  await clean(bo);
  await picture(bo, 'links-zh');
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter(({ agent }) => !agent.includes('Salon/'))).toEqual([]);
});

test('what comes in below does not move what one reads', async () => {
  for (let n = 0; n < 30; n++) await say(ada, `Line ${n}`);
  await message(bo, 'Line 29').waitFor();
  const read = message(ada, 'Line 5').first();
  await read.evaluate((line) => line.scrollIntoView({ block: 'center' }));
  await expect.poll(async () => (await read.boundingBox())?.y ?? 0).toBeGreaterThan(0);
  const before = (await read.boundingBox())?.y;
  await say(bo, `下面还有一条 ${origin}/zh?second`);
  await say(bo, `再来一条 ${origin}/tea`);
  await message(bo, '再来一条').getByRole('link', { name: 'How to brew green tea' }).waitFor();
  await expect.poll(async () => (await read.boundingBox())?.y).toBe(before);
});

test('who moderates takes it away, and says why', async () => {
  await say(bo, `广告 ${origin}/tea`);
  const theirs = message(bo, '广告').locator('.card');
  await theirs.waitFor();
  await message(ada, '广告').locator('.card').waitFor();
  await choose(ada, '广告', 'Remove link preview');
  await ada.getByRole('dialog', { name: 'Remove link preview' }).getByText('Remove the link preview of @小波?').waitFor();
  await clean(ada);
  await picture(ada, 'links-why-en');
  await agree(ada, 'off topic');
  await theirs.waitFor({ state: 'detached' });
  const { acts } = await ask<{ acts: { act: string; detail?: string }[] }>(ada, 'GET', '/api/admin/moderation');
  expect(acts[0]).toMatchObject({ act: 'remove_preview', detail: expect.stringContaining('off topic') });
});

test('its author takes it away, and whoever wants none hides them', async () => {
  await choose(bo, '再来一条', '移除链接预览');
  await message(bo, '再来一条').locator('.card').waitFor({ state: 'detached' });
  await say(ada, `Once more: ${origin}/tea`);
  await message(ada, 'Once more').getByRole('link', { name: 'How to brew green tea' }).waitFor();
  await ada.evaluate(() => localStorage.setItem('salon.previews', 'hidden'));
  await ada.reload();
  await message(ada, 'Once more').waitFor();
  expect(await ada.locator('.card').count()).toBe(0);
});
