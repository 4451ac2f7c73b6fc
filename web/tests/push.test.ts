// What is pushed while no page is looked at: a push service of the test's own opens what the server
// sealed with a browser's key, and hands it to the worker.

import type { CDPSession, Page } from 'playwright-core';
import { createDecipheriv, createECDH, createHmac, type ECDH } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, clean, message, NO_PREVIEWS, pair, picture, post, world, type World } from './world';

let here: World;
let ada: Page;
let bo: Page;
let service: Server;
const came: Buffer[] = [];

/** The keys of the one browser that waits, as the browser would have made them. */
const keys: ECDH = createECDH('prime256v1');
keys.generateKeys();
const auth = Buffer.from('sixteen bytes!!!');

beforeAll(async () => {
  service = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      came.push(Buffer.concat(pieces));
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
  const { port } = service.address() as AddressInfo;
  here = await world(() => ({ words: ['Hello.'] }), `${NO_PREVIEWS}[push]\nallowed_addresses = ["127.0.0.1:${port}"]\n`);
  ({ ada, bo } = await pair(here));
  for (const page of [ada, bo]) {
    await page.context().grantPermissions(['notifications']);
    // No maker's service is there to register with: the test is one.
    await page.addInitScript(
      ([endpoint, p256dh, auth]) => {
        let made: object | null = null;
        const subscription = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => ((made = null), true) };
        Object.assign(PushManager.prototype, { subscribe: async () => (made = subscription), getSubscription: async () => made });
      },
      [`http://127.0.0.1:${port}/browser`, keys.getPublicKey('base64url'), auth.toString('base64url')] as const,
    );
    await page.reload();
    await page.locator('textarea').waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  }
});

afterAll(async () => {
  await here?.end();
  service?.closeAllConnections();
  service?.close();
});

/** Opens what came, as RFC 8291 and 8188 say. */
function opened(body: Buffer): { title: string; body: string; room: string; seq: number } {
  const mac = (key: Buffer, ...text: (Buffer | string)[]) => text.reduce((made, part) => made.update(part), createHmac('sha256', key)).digest();
  const [salt, theirs, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
  const one = Buffer.from([1]);
  const input = mac(mac(auth, keys.computeSecret(theirs)), 'WebPush: info\0', keys.getPublicKey(), theirs, one);
  const pseudorandom = mac(salt, input);
  const key = mac(pseudorandom, 'Content-Encoding: aes128gcm\0', one).subarray(0, 16);
  const nonce = mac(pseudorandom, 'Content-Encoding: nonce\0', one).subarray(0, 12);
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString());
}

async function settings(page: Page, entry: string, tab: string): Promise<void> {
  if (await page.locator('.to-menu').first().isVisible()) await page.locator('.to-menu').first().click();
  await page.locator('.house button.plain').click();
  await page.getByRole('menuitem', { name: entry }).click();
  await page.getByRole('tab', { name: tab }).click();
}

test('a browser waits once somebody wants it, and is told what concerns them', async () => {
  await settings(ada, 'Settings', 'Notifications');
  const box = ada.getByRole('checkbox', { name: /while Salon is closed/ });
  await box.check();
  await expect.poll(() => ask(ada, 'GET', '/api/push')).toMatchObject({ waits: true });
  await clean(ada);
  await picture(ada, 'push-en');
  await ada.keyboard.press('Escape');
  const { room, seq } = await post(bo, '/api/rooms/general/messages', { text: '@ada the tea is ready' });
  await expect.poll(() => came.map(opened)).toEqual([{ title: '小波 · #general', body: '@ada the tea is ready', room, seq }]);
});

test('the worker shows it, and whoever chooses it is led there', async () => {
  const said = came.map(opened)[0]!;
  const { id } = await post<{ id: string }>(ada, '/api/rooms', { name: 'elsewhere' });
  await ada.goto(`${here.url}/room/${id}`);
  await ada.locator('textarea').waitFor();
  const session: CDPSession = await ada.context().newCDPSession(ada);
  const registration = new Promise<string>((found) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && found(registrations[0].registrationId)),
  );
  await session.send('ServiceWorker.enable');
  const registrationId = await registration;
  // While no page is open, and the next one finds it.
  await ada.goto('about:blank');
  await session.send('ServiceWorker.deliverPushMessage', { origin: here.url, registrationId, data: JSON.stringify(said) });
  await ada.goto(`${here.url}/room/${id}`);
  await ada.locator('textarea').waitFor();
  const shown = () => ada.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })));
  await expect.poll(shown).toEqual([{ title: said.title, body: said.body, tag: said.room }]);
  // What the worker does when it is chosen: it tells the page where to go.
  await ada.evaluate((open) => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: { open } })), { room: said.room, seq: said.seq });
  await ada.locator('h1', { hasText: 'general' }).waitFor();
  await message(ada, 'the tea is ready').waitFor();
  expect(new URL(ada.url()).searchParams.get('m')).toBe(`${said.seq}`);
});

test('on a phone in Chinese no words leave, and whoever turns it off is told of nothing', async () => {
  await settings(bo, '设置', '通知');
  await bo.getByRole('checkbox', { name: /不显示内容和名称/ }).check();
  await expect.poll(() => ask(bo, 'GET', '/api/notifications')).toMatchObject({ hide_text: true });
  // The same browser, now of somebody else.
  await bo.getByRole('checkbox', { name: /关闭时也通知/ }).check();
  await expect.poll(() => ask(bo, 'GET', '/api/push')).toMatchObject({ waits: true });
  expect(await ask(ada, 'GET', '/api/push')).toMatchObject({ waits: false });
  await clean(bo);
  await picture(bo, 'push-zh');
  const before = came.length;
  const { room, seq } = await post(ada, '/api/rooms/general/messages', { text: '@小波 the secret' });
  await expect.poll(() => came.slice(before).map(opened)).toEqual([{ title: 'Salon 沙龙', body: expect.stringMatching(/^(New message|新消息)$/), room, seq }]);
  await bo.getByRole('checkbox', { name: /关闭时也通知/ }).uncheck();
  await expect.poll(() => ask(bo, 'GET', '/api/push')).toMatchObject({ waits: false });
});
