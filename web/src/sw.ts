// Keeps the page itself on the device, so that it opens without a network. What people say is never
// here: rooms are in the user's own memory (`lib/store.ts`), and the API goes past this.
//
// A page is asked of the server first, so whoever comes gets the newest one. A new version waits
// until the pages of the old one are closed: those still fetch parts of the old.

/** Written in by the build: every file of this version, and a name for all of it. */
declare const __FILES__: string[];
declare const __VERSION__: string;

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Event {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

interface Chosen extends Lasting {
  notification: { close(): void; data: { room: string; seq: number } };
}
interface Told extends Lasting {
  data: { json(): { title: string; body: string; room: string; seq: number } } | null;
}
interface OpenPage {
  focused: boolean;
  visibilityState: string;
  postMessage(message: unknown): void;
  focus(): Promise<unknown>;
}
/** What of the worker's own world is used here; the compiler knows a page's. */
const worker = self as unknown as {
  clients: {
    matchAll(what: object): Promise<OpenPage[]>;
    openWindow(path: string): Promise<unknown>;
  };
  registration: ServiceWorkerRegistration;
};

const NAME = `salon-page-${__VERSION__}`;
const PAGE = '/index.html';
/** A network that answers no sooner is as good as none. */
const PATIENCE_MS = 4_000;

const on = <E extends Event>(type: string, run: (event: E) => void) => self.addEventListener(type, run as EventListener);

on<Lasting>('install', (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([PAGE, ...__FILES__]))));

on<Lasting>('activate', (event) => event.waitUntil(forgetOthers()));

on<Fetching>('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (url.pathname.startsWith('/assets/') || __FILES__.includes(url.pathname)) event.respondWith(part(request));
});

// The server tells of something while no page is looked at: sealed, and opened by the browser.
on<Told>('push', (event) => {
  const told = event.data?.json();
  if (told) event.waitUntil(tell(told));
});

async function tell({ title, body, room, seq }: { title: string; body: string; room: string; seq: number }): Promise<void> {
  // A page that one looks at shows it itself.
  const pages = await worker.clients.matchAll({ type: 'window' });
  if (pages.some((page) => page.focused)) return;
  await worker.registration.showNotification(title, { body, tag: room, icon: '/icon-192.png', renotify: true, data: { room, seq } } as NotificationOptions);
}

// The push service has given the browser another address.
on<Lasting>('pushsubscriptionchange', (event) => event.waitUntil(again()));

async function again(): Promise<void> {
  const { key } = await (await fetch('/api/push')).json();
  if (!key) return;
  const made = await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await fetch('/api/push', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(made) });
}

// Somebody chose a notification: the page that is open goes there, or a new one does.
on<Chosen>('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data));
});

async function goTo({ room, seq }: { room: string; seq: number }): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window' });
  const open = pages.find((page) => page.visibilityState === 'visible') ?? pages[0];
  if (!open) return void (await worker.clients.openWindow(`/room/${room}?m=${seq}`));
  open.postMessage({ open: { room, seq } });
  await open.focus();
}

async function page(request: Request): Promise<Response> {
  const late = new Promise<undefined>((done) => setTimeout(done, PATIENCE_MS));
  const answer = await Promise.race([fetch(request).catch(() => undefined), late]);
  if (answer && answer.status < 500) return answer;
  return (await caches.match(PAGE)) ?? answer ?? fetch(request);
}

async function part(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

async function forgetOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith('salon-page-') && name !== NAME) await caches.delete(name);
}
