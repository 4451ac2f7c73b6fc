// How the client does in a long room: the first load, opening from what the device keeps, scrolling,
// and messages that arrive quickly, told by the frames that the browser drew meanwhile.
//
// It prints the machine and its settings beside the figures, and judges nothing: what they are worth
// depends on how busy the machine was.

import { cpus, loadavg, totalmem } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, pair, post, say, type World, world } from '../tests/world';

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const MESSAGES = number('BENCH_MESSAGES', 100_000);
const RATE = number('BENCH_RATE', 200);
const SECONDS = number('BENCH_SECONDS', 10);
const OPENINGS = number('BENCH_OPENINGS', 20);
/** Sends on their way at once while the room is filled. */
const IN_FLIGHT = 256;
const WHEEL_PX = 240;
/** Pieces of an answer, and how far they are apart. */
const PIECES = 300;

let here: World;
let ada: Page;
let bo: Page;
let long: string;

beforeAll(async () => {
  process.env['SALON_RATE_LIMITS'] = 'off';
  here = await world((question) => ({ words: question.includes('at length') ? Array.from({ length: PIECES }, (_, n) => (n % 40 === 39 ? `line ${n}.\n\n` : `word${n} `)) : ['Hello.'] }));
  ({ ada, bo } = await pair(here, { viewport: { width: 1280, height: 800 }, locale: 'en-GB' }));
  await post(ada, '/api/rooms', { name: 'long' });
  await post(bo, '/api/rooms/general/messages', { text: '/join long' });
  long = (await post(ada, '/api/rooms/long/messages', { text: 'the first line' })).room;
  console.log(`chromium ${here.browser.version()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg().map((one) => one.toFixed(1)).join(' ')}`);
  console.log(`${MESSAGES} messages in the room, window 1280 × 800, software rendering, server ${process.env['SALON_BINARY'] ?? 'target/debug/salon'}`);
  const started = Date.now();
  // From a page of nobody's client, so that no other page draws them meanwhile.
  const filler = await bo.context().newPage();
  await filler.goto(`${here.url}/healthz`);
  for (const page of [ada, bo]) await page.goto('about:blank');
  await send(filler, MESSAGES, 0);
  await filler.close();
  console.log(`filled in ${((Date.now() - started) / 1000).toFixed(0)} s`);
});

afterAll(async () => here?.end());

/** Sends so many, as quickly as they are acked, or so many a second. */
const send = (page: Page, many: number, rate: number): Promise<void> =>
  page.evaluate(
    ([room, many, rate, inFlight]) =>
      new Promise<void>((done, failed) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws`);
        const texts = ['What about the next step? I would begin with the smallest one.', '沙龙里的每一句话都有它的位置，先看日志再说。', 'See `crates/store` for **why**.', 'ok', '```rust\nfn main() {\n    println!("你好");\n}\n```'];
        const run = `${Math.random()}`;
        let [sent, acked, began] = [0, 0, 0];
        const one = () => socket.send(JSON.stringify({ type: 'send', id: `${sent}`, room, text: `${sent + 1}: ${texts[sent % texts.length]!}`, key: `${run} ${sent++}` }));
        socket.onopen = () => socket.send(JSON.stringify({ type: 'hello' }));
        socket.onerror = () => failed(new Error('the socket failed'));
        socket.onmessage = ({ data }) => {
          const { type, message } = JSON.parse(data as string) as { type: string; message?: string };
          if (type === 'error') failed(new Error(message));
          if (type === 'ready') {
            began = performance.now();
            if (rate > 0) {
              const timer = setInterval(() => {
                while (sent < many && sent < ((performance.now() - began) / 1000) * rate) one();
                if (sent >= many) clearInterval(timer);
              }, 5);
            } else while (sent < Math.min(many, inFlight)) one();
          }
          if (type !== 'ack') return;
          if (++acked === many) {
            socket.close();
            done();
          } else if (rate === 0 && sent < many) one();
        };
      }),
    [long, many, rate, IN_FLIGHT] as const,
  );

/** Counts the messages of the long room that come over a page's socket, and whether none is missing. */
function receipts(page: Page): { count: () => number; gaps: () => number } {
  let [came, missed, before] = [0, 0, 0];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { type: string; room?: string; kind?: string; seq?: number };
      if (frame.type !== 'event' || frame.room !== long || frame.seq === undefined) return;
      if (before > 0 && frame.seq !== before + 1) missed += 1;
      before = frame.seq;
      if (frame.kind === 'message.posted') came += 1;
    }),
  );
  return { count: () => came, gaps: () => missed };
}

/** What moved on the page while something happened, without whoever looks having done anything. */
async function shifts(page: Page, during: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const seen = { sum: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) seen.sum += entry.value;
    }).observe({ type: 'layout-shift' });
  });
  await during();
  return page.evaluate(() => (window as unknown as { seen: { sum: number } }).seen.sum);
}

interface Frames {
  ms: number[];
}

/** The time between each two frames while something happens. */
async function frames(page: Page, during: () => Promise<unknown>): Promise<Frames> {
  await page.evaluate(() => {
    const counted = { ms: [] as number[], on: true };
    Object.assign(window, { counted });
    let last = performance.now();
    const next = (now: number) => {
      counted.ms.push(now - last);
      last = now;
      if (counted.on) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await during();
  return page.evaluate(() => {
    const { counted } = window as unknown as { counted: Frames & { on: boolean } };
    counted.on = false;
    return { ms: counted.ms.slice(1) };
  });
}

const quantile = (values: number[], q: number) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;
const told = (values: number[]) => `p50 ${quantile(values, 0.5).toFixed(1)} · p95 ${quantile(values, 0.95).toFixed(1)} · p99 ${quantile(values, 0.99).toFixed(1)} · most ${Math.max(...values).toFixed(1)} ms`;
const drew = ({ ms }: Frames) => `${ms.length} frames: ${told(ms)}; over 50 ms: ${ms.filter((one) => one > 50).length}`;

const last = (page: Page) => page.locator('.scroller .message').last();

test('measure', async () => {
  const loads: number[] = [];
  for (let n = 0; n < 5; n++) {
    await ada.goto('about:blank');
    const began = Date.now();
    await ada.goto(`${here.url}/room/${long}`, { waitUntil: 'commit' });
    await last(ada).waitFor();
    loads.push(Date.now() - began);
  }
  console.log(`load until the newest message stands: ${told(loads)}`);

  const openings: number[] = [];
  await ada.locator('nav a', { hasText: 'general' }).click();
  for (let n = 0; n < OPENINGS; n++) {
    openings.push(
      await ada.evaluate(async (room) => {
        const link = document.querySelector<HTMLAnchorElement>(`nav a[href="/room/${room}"]`)!;
        const began = performance.now();
        link.click();
        const frame = () => new Promise<number>((next) => requestAnimationFrame(next));
        while (document.querySelectorAll('.scroller .message').length < 5) await frame();
        // Drawn, and not only there.
        await frame();
        return performance.now() - began;
      }, long),
    );
    await ada.locator('nav a', { hasText: 'general' }).click();
    await ada.locator('h1', { hasText: 'general' }).waitFor();
  }
  console.log(`open from what is kept, ${OPENINGS} times: ${told(openings)}`);

  await ada.locator(`nav a[href="/room/${long}"]`).click();
  await last(ada).waitFor();
  await ada.mouse.move(640, 400);
  const scrolled = await frames(ada, async () => {
    for (let n = 0; n < 200; n++) await ada.mouse.wheel(0, -WHEEL_PX);
  });
  console.log(`scroll ${200 * WHEEL_PX} px into the past: ${drew(scrolled)}`);
  console.log(`rows in the page: ${await ada.locator('.slot').count()}`);

  const counted = receipts(ada);
  await ada.goto(`${here.url}/room/${long}`);
  await last(ada).waitFor();
  const sender = await bo.context().newPage();
  await sender.goto(`${here.url}/healthz`);
  const arriving = await frames(ada, async () => {
    await send(sender, RATE * SECONDS, RATE);
    await expect.poll(() => message(ada, `${RATE * SECONDS}: `).count()).toBeGreaterThan(0);
  });
  await sender.close();
  // Figures of messages that did not all come are worth nothing.
  expect([counted.count(), counted.gaps()]).toEqual([RATE * SECONDS, 0]);
  console.log(`${RATE} messages/s arriving for ${SECONDS} s, ${counted.count()} receipts verified: ${drew(arriving)}`);

  await ada.goto(`${here.url}/room/general`);
  await ada.locator('textarea').waitFor();
  const growing = await frames(ada, async () => {
    const moved = await shifts(ada, async () => {
      await say(ada, '@assistant tell me at length');
      await message(ada, `word${PIECES - 2}`).waitFor();
      await ada.locator('.draft').waitFor({ state: 'detached' });
    });
    console.log(`layout shift while a draft of ${PIECES} pieces grows: ${moved.toFixed(4)}`);
  });
  console.log(`a draft of ${PIECES} pieces: ${drew(growing)}`);
});
