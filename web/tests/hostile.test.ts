// Whoever writes cannot make the page of whoever reads do anything: generated messages in a real
// browser, without the policy that would stop what gets through, and the page under its policy.
//
// SALON_HOSTILE_MESSAGES=10000 tries more of them, SALON_HOSTILE_SEED others.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import { emoji } from '../vite-emoji';
import { dice, LIVE, payload } from './hostile/payloads';
import { message, post, setUp, world, type World } from './world';

const MESSAGES = Number(process.env['SALON_HOSTILE_MESSAGES'] ?? 2_000);
const SEED = Number(process.env['SALON_HOSTILE_SEED'] ?? 1);
const BATCH = 100;

let here: World;
let site: Server;
let page: Page;
/** What the page asked for, but its own files. */
const left: string[] = [];

beforeAll(async () => {
  here = await world(() => ({ words: ['Hello.'] }));
  const script = await bundled();
  site = createServer((request, response) => {
    const files: Record<string, [string, string]> = {
      '/': ['text/html; charset=utf-8', '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="app"></div><script type="module" src="/page.js"></script>'],
      '/page.js': ['text/javascript', script],
      '/api/emoji': ['application/json', JSON.stringify({ emoji: [{ name: 'party', made_at: '2026-01-01T00:00:00Z', by: 'ada' }] })],
    };
    const [type, body] = files[request.url ?? ''] ?? ['image/png', ''];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  page = await here.page();
  await page.goto(origin());
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin()}/api/emoji`)) left.push(request.url());
  });
  page.on('framenavigated', (frame) => left.push(`a navigation to ${frame.url()}`));
  page.on('dialog', (dialog) => {
    left.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.context().on('page', (other) => left.push(`another page: ${other.url()}`));
});

afterAll(async () => {
  await here?.end();
  site?.close();
});

const origin = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

/** The page as one script, with the product's own source in it. */
async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    logLevel: 'warn',
    plugins: [svelte(), emoji()],
    build: { write: false, target: 'es2023', minify: false, modulePreload: false, rollupOptions: { input: join(import.meta.dirname, 'hostile/page.ts'), output: { codeSplitting: false } } },
  });
  const { output } = [built].flat()[0] as { output: { type: string; code?: string }[] };
  return output.find(({ type }) => type === 'chunk')?.code ?? '';
}

test('what looks at a page finds everything that could run in it', async () => {
  for (const live of LIVE.filter((each) => each.startsWith('<') && !/^<(!|\?|title|textarea)/.test(each))) {
    const html = live.replaceAll('J', 'hit()').replaceAll('U', 'javascript:hit()');
    expect(await page.evaluate((html) => window.judge(html), html), html).not.toEqual([]);
  }
  for (const href of ['javascript:hit()', 'JAVA&#9;SCRIPT:hit()', 'data:text/html,x', '//evil.test', '/\\evil.test', 'http://evil.test']) {
    expect(await page.evaluate((href) => window.judge(`<a href="${href}">x</a>`), href), href).not.toEqual([]);
  }
  expect(await page.evaluate(() => window.judge('<p>Good <em class="han">day</em> <a href="/room/x">here</a> <a href="https://a.test/" target="_blank" rel="noopener noreferrer nofollow">there</a></p>'))).toEqual([]);
});

test(`of ${MESSAGES} hostile messages none does anything`, { timeout: 60_000 + MESSAGES * 60 }, async () => {
  const roll = dice(SEED);
  let shown = 0;
  while (shown < MESSAGES) {
    const texts = Array.from({ length: Math.min(BATCH, MESSAGES - shown) }, () => payload(roll));
    const found = await page.evaluate((texts) => window.show(texts), texts);
    found.forEach((harm, n) => expect(harm, `message ${shown + n} of seed ${SEED}: ${JSON.stringify(texts[n])}`).toEqual([]));
    shown += texts.length;
    expect(await page.evaluate(() => window.hits), `something ran among ${JSON.stringify(texts)}`).toBe(0);
    expect(left, `something left the page among ${JSON.stringify(texts)}`).toEqual([]);
  }
});

test('the page holds to its own policy, and other sites do not frame it', async () => {
  const ada = await here.page();
  const broken: string[] = [];
  ada.on('console', (line) => {
    if (/content security policy|refused to/i.test(line.text())) broken.push(line.text());
  });
  ada.on('request', (request) => {
    if (!request.url().startsWith(here.url) && !/^(data|blob):/.test(request.url())) broken.push(request.url());
  });
  await setUp(ada, here, 'ada');
  const html = await (await fetch(here.url)).text();
  expect(html).toMatch(/<script type="module"[^>]* src="/);
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:/i);
  const roll = dice(SEED);
  for (let n = 0; n < 20; n++) {
    // As JSON can carry it.
    const text = Buffer.from(payload(roll)).toString().replaceAll('\0', '').slice(0, 3_000);
    const { message_id } = await post(ada, '/api/rooms/general/messages', { text: `nr${n} ${text}` });
    expect(message_id).toBeTruthy();
  }
  await message(ada, 'nr19').waitFor();
  expect(broken).toEqual([]);

  const evil = await here.page();
  const framing = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe src="${here.url}/" width=600 height=400></iframe>`));
  await new Promise<void>((listening) => framing.listen(0, '127.0.0.1', listening));
  try {
    const refused = new Promise<string>((told) => evil.on('console', (line) => /frame-ancestors|X-Frame-Options/i.test(line.text()) && told(line.text())));
    await evil.goto(`http://127.0.0.1:${(framing.address() as AddressInfo).port}/`);
    expect(await refused).toContain('frame');
    expect(evil.frames().map((frame) => frame.url())).not.toContain(`${here.url}/`);
  } finally {
    framing.closeAllConnections();
    framing.close();
  }
});
