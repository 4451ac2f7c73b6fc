// A real server with a scripted model behind it, and a real browser in front.

import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What a test shows does not depend on what other people's servers answer. */
export const NO_PREVIEWS = '[link_previews]\nenabled = false\n';

/** What a model is sent of one message: words, or parts with pictures among them. */
type Content = string | { type: string; text?: string }[];

/** What the model says to a question, and to how many pictures that came with it: words one after the other, or nothing until `goOn`. */
export type Answer = (question: string, pictures: number) => {
  words: string[];
  hold?: boolean;
  status?: number;
  /** A tool that it calls instead; what it answers then begins with `after the tool: `. */
  call?: { name: string; arguments: object };
};

export interface World {
  url: string;
  setupLink: string;
  browser: Browser;
  /** Lets answers that hold go on. */
  goOn(): void;
  /** A page of its own with its own cookies. */
  page(options?: BrowserContextOptions): Promise<Page>;
  end(): Promise<void>;
}

export async function world(answer: Answer, settings = NO_PREVIEWS): Promise<World> {
  const { model, goOn } = await scriptedModel(answer);
  const data = mkdtempSync(join(tmpdir(), 'salon-browser-'));
  const config = join(data, 'salon.toml');
  writeFileSync(config, settings);
  const target = process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target');
  const server = spawn(process.env['SALON_BINARY'] ?? join(target, 'debug/salon'), ['serve', '--listen', '127.0.0.1:0', '--data', data, '--config', config], {
    env: {
      ...process.env,
      OPENAI_BASE_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
      OPENAI_API_KEY: 'none',
      OPENAI_MODEL: 'scripted',
      SALON_LOG: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const setupLink = await printedLink(server);
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (!executablePath) throw new Error('no Chromium: run `cargo xtask test browser`, or apt-get install chromium');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    url: new URL(setupLink).origin,
    setupLink,
    browser,
    goOn,
    async page(options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      page.on('pageerror', (error) => {
        throw error;
      });
      page.on('request', (request) => {
        if (new URL(request.url()).pathname.split('/').some((part) => part === 'undefined' || part === 'null')) throw new Error(`it asked for ${request.url()}`);
      });
      return page;
    },
    async end() {
      await browser.close();
      server.kill('SIGTERM');
      await new Promise((done) => server.once('exit', done));
      model.closeAllConnections();
      model.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function printedLink(server: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let printed = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const link = /http:\/\/\S+\/setup#\S+/.exec(printed);
      if (link) found(link[0]);
    });
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}: ${printed}`)));
  });
}

async function scriptedModel(answer: Answer): Promise<{ model: Server; goOn: () => void }> {
  let release: (() => void)[] = [];
  const model = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', async () => {
      const messages: { role: string; content: Content }[] = JSON.parse(body).messages;
      const last = messages.at(-1);
      const parts = typeof last?.content === 'string' ? [{ type: 'text', text: last.content }] : (last?.content ?? []);
      const question = parts.map(({ text }) => text ?? '').join('').split('\n').at(-1) ?? '';
      const pictures = parts.filter(({ type }) => type === 'image_url').length;
      const { words, hold, status, call } = answer(last?.role === 'tool' ? `after the tool: ${question}` : question, pictures);
      if (status) {
        response.writeHead(status, { 'x-should-retry': 'false' }).end('{}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const say = (delta: object, finish_reason: string | null) =>
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
      if (call) {
        const fn = { name: call.name, arguments: JSON.stringify(call.arguments) };
        say({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: fn }] }, null);
        say({}, 'tool_calls');
        response.end('data: [DONE]\n\n');
        return;
      }
      for (const [n, content] of words.entries()) {
        if (hold && n === 1) await new Promise<void>((go) => release.push(go));
        say({ content }, null);
      }
      say({}, 'stop');
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((listening) => model.listen(0, '127.0.0.1', listening));
  return {
    model,
    goOn: () => {
      for (const go of release) go();
      release = [];
    },
  };
}

/** Makes the owner with the set-up link. */
export async function setUp(page: Page, world: World, handle: string): Promise<void> {
  await page.goto(world.setupLink);
  await account(page, handle);
}

/** Makes an account with an invitation. */
export async function joinBy(page: Page, link: string, handle: string): Promise<void> {
  await page.goto(link);
  await account(page, handle);
}

async function account(page: Page, handle: string): Promise<void> {
  await page.locator('input[name=username]').fill(handle);
  await page.locator('input[name=password]').fill('correct horse battery');
  await page.locator('form button.primary').click();
  await page.locator('textarea').waitFor();
}

/** Whom most tests need: the owner in English on a wide screen, a member in Chinese on a phone. */
export interface Pair {
  ada: Page;
  bo: Page;
}

export async function pair(here: World, phone: BrowserContextOptions = {}): Promise<Pair> {
  const ada = await here.page({ viewport: { width: 1280, height: 800 } });
  await setUp(ada, here, 'ada');
  const bo = await here.page({ locale: 'zh-CN', viewport: { width: 390, height: 844 }, ...phone });
  await joinBy(bo, await invitation(ada), '小波');
  return { ada, bo };
}

/** A link that lets somebody in; what it may do is said in the words of the API. */
export async function invitation(page: Page, what: object = {}): Promise<string> {
  const { path } = await post<{ path: string }>(page, '/api/invites', what);
  return new URL(path, page.url()).href;
}

/** Asks the API as whoever the page belongs to. A refusal fails the test. */
export async function ask<Answer = unknown>(page: Page, method: string, path: string, body: object = {}): Promise<Answer> {
  const { ok, text } = await page.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(path, { method, headers: { 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
      return { ok: response.ok, text: await response.text() };
    },
    [method, path, body] as const,
  );
  expect(ok, `${method} ${path}: ${text}`).toBe(true);
  return JSON.parse(text || 'null') as Answer;
}

export const post = <Answer = { room: string; seq: number; message_id: string }>(page: Page, path: string, body: object): Promise<Answer> => ask<Answer>(page, 'POST', path, body);

export const message = (page: Page, text: string): Locator => page.locator('.message', { hasText: text });

/** Opens the menu of a message by the keyboard and chooses from it. */
export async function choose(page: Page, text: string, name: string): Promise<void> {
  const found = message(page, text).first();
  await found.focus();
  await found.press('Enter');
  await page.getByRole('menuitem', { name, exact: true }).click();
}

/** Agrees to what is asked over the page; gives the reason where there is one to give. */
export async function agree(page: Page, reason?: string): Promise<void> {
  const asked = page.locator('[data-asked]');
  if (reason !== undefined) await asked.locator('textarea').fill(reason);
  await asked.locator('button[type=submit]').click();
  await asked.waitFor({ state: 'detached' });
}

/** Opens the AI members, through the menu where the screen is narrow. */
export async function openAgents(page: Page, menu: string | null, name: string): Promise<Locator> {
  if (menu) await page.getByRole('button', { name: menu }).first().click();
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  return dialog;
}

/** Nothing serious stands in the way of people who use the page differently. */
export async function clean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

/** A picture that the page's browser draws. */
export async function drawn(page: Page, colour: string, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    ([colour, width, height]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const context = canvas.getContext('2d')!;
      context.fillStyle = colour;
      context.fillRect(0, 0, width, height);
      context.fillStyle = 'white';
      context.fillRect(width / 4, height / 4, width / 2, height / 3);
      return canvas.toDataURL('image/png').split(',')[1]!;
    },
    [colour, width, height] as const,
  );
  return Buffer.from(base64, 'base64');
}

/** Says something in the room that is open. */
export async function say(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  if ((await page.getByRole('listbox').count()) > 0) await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}

/** Keeps a picture of the page, to be looked at, where a folder for them is named. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SALON_PICTURES'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
