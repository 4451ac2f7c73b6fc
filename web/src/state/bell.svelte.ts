// What rings on this device when a message comes: a notification of the system, a sound, or both,
// and when nothing does. Which of the two is the device's own; when nothing rings is the account's.

import { get, request } from '../lib/api';
import { excerpt, isQuietNow, rings } from '../lib/bell';
import { wants, wish, type Wish } from '../lib/bell-wish';
import { chime } from '../lib/chime';
import { stop, wait, waiting, type Waiting } from '../lib/push';
import type { Event, Notifying } from '../protocol';
import { t } from './lang.svelte';
import type { Room } from './room.svelte';
import { route } from './route.svelte';
import type { Session } from './session.svelte';

/** One sound is enough for what comes together. */
const SOUND_EVERY_MS = 1_500;

/** Two pages of one device ring once. */
const RANG = 'salon.bell.rang';

export class Bell {
  readonly #session: Session;
  #desktop = $state(wants('desktop'));
  #sound = $state(wants('sound'));
  /** When nothing rings, once the server has said so. */
  notifying = $state.raw<Notifying>();
  /** Whether this browser waits for what is pushed, once it is known. */
  push = $state<Waiting>();
  #soundedAt = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  async load(): Promise<void> {
    this.notifying = await get<Notifying>('/api/notifications');
  }

  take(notifying: Notifying): void {
    this.notifying = notifying;
  }

  async change(what: Partial<Notifying>): Promise<void> {
    this.notifying = await request<Notifying>('PUT', '/api/notifications', { ...this.notifying, ...what });
  }

  /** What the browser says of notifications; `unsupported` where it knows none. */
  get permission(): NotificationPermission | 'unsupported' {
    return 'Notification' in window ? Notification.permission : 'unsupported';
  }

  get desktop(): boolean {
    return this.#desktop && this.permission === 'granted';
  }

  get sound(): boolean {
    return this.#sound;
  }

  /** Asks for leave only when somebody wants it. Answers whether it was given. */
  async turnDesktop(on: boolean): Promise<boolean> {
    const may = !on || (this.permission !== 'unsupported' && (await Notification.requestPermission()) === 'granted');
    this.#keep('desktop', (this.#desktop = on && may));
    return may;
  }

  async loadPush(): Promise<void> {
    this.push = await waiting();
  }

  /** Answers whether it is as one wanted. */
  async turnPush(on: boolean): Promise<boolean> {
    const turned = await (on ? wait() : stop()).then(() => true, () => false);
    if (turned) this.push = on ? 'on' : 'off';
    return turned;
  }

  turnSound(on: boolean): void {
    this.#keep('sound', (this.#sound = on));
    if (on) chime();
  }

  /** A message came, after all that was missed. */
  ring(room: Room, event: Event): void {
    const { me, threads } = this.#session;
    if (event.kind !== 'message.posted') return;
    const follows = threads.all.some(({ id }) => id === event.message.thread_id);
    if (!rings(room.summary, event, me, follows) || (this.notifying && isQuietNow(this.notifying))) return;
    const isLooked = document.visibilityState === 'visible' && document.hasFocus();
    const isHere = isLooked && route.place.page === 'room' && this.#session.roomAt(route.place.room) === room;
    // What one sees come needs no bell.
    if (isHere || !this.#isFirst(event.message.id)) return;
    if (this.sound && Date.now() - this.#soundedAt > SOUND_EVERY_MS) {
      this.#soundedAt = Date.now();
      chime();
    }
    if (this.desktop && !isLooked) void this.#show(room, event);
  }

  /** What is read needs no notification any more. */
  async wasRead(room: string): Promise<void> {
    const worker = await navigator.serviceWorker?.getRegistration();
    for (const one of (await worker?.getNotifications({ tag: room })) ?? []) one.close();
  }

  #isFirst(message: string): boolean {
    if (localStorage.getItem(RANG) === message) return false;
    localStorage.setItem(RANG, message);
    return true;
  }

  async #show(room: Room, event: Event & { kind: 'message.posted' }): Promise<void> {
    const name = this.#session.user(event.from)?.display_name ?? event.from;
    const { kind, name: roomName } = room.summary;
    const title = kind === 'direct' ? name : `${name} · #${roomName}`;
    const { text, files } = event.message;
    const body = excerpt(text) || (files ?? []).map((file) => file.name).join(', ');
    const options = { body, tag: room.id, icon: '/icon-192.png', lang: document.documentElement.lang, silent: true, data: { room: room.id, seq: event.seq } };
    const worker = await navigator.serviceWorker?.getRegistration();
    // The worker's outlive the page, and are the only ones on telephones.
    if (worker?.active) return worker.showNotification(title, options);
    const shown = new Notification(title, options);
    shown.onclick = () => {
      window.focus();
      route.toMessage(room.id, event.seq);
      shown.close();
    };
  }

  #keep(which: Wish, on: boolean): void {
    wish(which, on);
  }

  /** For whoever asks why nothing rings. */
  get why(): string {
    if (this.permission === 'unsupported') return t('desktopUnsupported');
    return this.permission === 'denied' ? t('desktopDenied') : '';
  }
}
