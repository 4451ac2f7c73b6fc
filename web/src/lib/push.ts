// Whether this browser waits for what is pushed while no page of it is open. The server seals every
// word for it; the service of the browser's maker carries them and reads none.

import { get, request } from './api';
import { bytes } from './base64url';
import type { PushRequest, PushState } from '../protocol';

/** What there is to say of it. */
export type Waiting = 'unsupported' | 'off' | 'on';

/** Nothing where the server pushes nothing, or the browser cannot wait. */
async function manager(): Promise<PushManager | undefined> {
  const worker = await navigator.serviceWorker?.getRegistration();
  return worker?.pushManager;
}

export async function waiting(): Promise<Waiting> {
  const { key, waits } = await get<PushState>('/api/push');
  const way = key === undefined ? undefined : await manager();
  if (!way) return 'unsupported';
  return waits && (await way.getSubscription()) ? 'on' : 'off';
}

/** Begins to wait. The browser asks for leave itself; fails where it is not given. */
export async function wait(): Promise<void> {
  const { key = '' } = await get<PushState>('/api/push');
  const way = await manager();
  if (!way) throw new Error('this browser cannot wait');
  // One that was made with another key is of no use.
  await (await way.getSubscription())?.unsubscribe();
  const made = await way.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await request('PUT', '/api/push', made.toJSON() as PushRequest);
}

export async function stop(): Promise<void> {
  await request('DELETE', '/api/push');
  await leave();
}

/** Whoever signs out is told of nothing more; the server forgets the rest with the session. */
export async function leave(): Promise<void> {
  await (await (await manager())?.getSubscription())?.unsubscribe();
}
