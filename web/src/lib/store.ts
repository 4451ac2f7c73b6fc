// The device's own memory of a user's rooms, in IndexedDB: one database a user. It is a help and
// never a need: where the browser keeps nothing, every question is answered with nothing.

import { clearShelves } from './shelf';
import { BEGUN } from './upload';
import { tooMany, type KeptHouse, type KeptRoom } from './keep';

const PREFIX = 'salon-';
/** Who was here last: whose memory a page without a network opens. */
const LAST = 'salon.kept';

export class Store {
  #database: Promise<IDBDatabase | null>;

  constructor(readonly user: string) {
    this.#database = open(PREFIX + user);
    localStorage.setItem(LAST, user);
  }

  /** The memory of whoever was here last. */
  static last(): Store | null {
    const user = localStorage.getItem(LAST);
    return user ? new Store(user) : null;
  }

  house(): Promise<KeptHouse | undefined> {
    return this.#ask('house', 'readonly', (house) => house.get('house'));
  }

  keepHouse(house: KeptHouse): Promise<unknown> {
    return this.#ask('house', 'readwrite', (kept) => kept.put(house, 'house'));
  }

  room(id: string): Promise<KeptRoom | undefined> {
    return this.#ask('rooms', 'readonly', (rooms) => rooms.get(id));
  }

  async keepRoom(room: KeptRoom): Promise<void> {
    await this.#ask('rooms', 'readwrite', (rooms) => rooms.put(room));
    const ids = await this.#ask<string[]>('rooms', 'readonly', (rooms) => rooms.getAllKeys() as IDBRequest<string[]>);
    if (!ids || tooMany(ids.map((id) => ({ id, kept_at: 0 }))).length === 0) return;
    const all = await this.#ask<KeptRoom[]>('rooms', 'readonly', (rooms) => rooms.getAll());
    for (const id of tooMany(all ?? [])) await this.forget(id);
  }

  forget(id: string): Promise<unknown> {
    return this.#ask('rooms', 'readwrite', (rooms) => rooms.delete(id));
  }

  /** Lets go of every room that is not among these. */
  async only(ids: Set<string>): Promise<void> {
    const kept = await this.#ask<string[]>('rooms', 'readonly', (rooms) => rooms.getAllKeys() as IDBRequest<string[]>);
    for (const id of kept ?? []) if (!ids.has(id)) await this.forget(id);
  }

  /** Forgets everything of everybody who was ever signed in here. */
  async clear(): Promise<void> {
    localStorage.removeItem(LAST);
    clearShelves();
    sessionStorage.removeItem(BEGUN);
    const database = await this.#database;
    this.#database = Promise.resolve(null);
    database?.close();
    const names = (await indexedDB.databases?.().catch(() => []))?.map(({ name }) => name ?? '') ?? [PREFIX + this.user];
    for (const name of names) if (name.startsWith(PREFIX)) indexedDB.deleteDatabase(name);
  }

  async #ask<T>(name: 'house' | 'rooms', mode: IDBTransactionMode, how: (store: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
    const database = await this.#database;
    if (!database) return undefined;
    return new Promise((answer) => {
      try {
        const request = how(database.transaction(name, mode).objectStore(name));
        request.onsuccess = () => answer(request.result as T);
        request.onerror = () => answer(undefined);
      } catch {
        answer(undefined);
      }
    });
  }
}

function open(name: string): Promise<IDBDatabase | null> {
  return new Promise((answer) => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('house');
        request.result.createObjectStore('rooms', { keyPath: 'id' });
      };
      request.onsuccess = () => {
        const database = request.result;
        // Another page signs out: whoever holds on would keep the memory alive.
        database.onversionchange = () => database.close();
        answer(database);
      };
      request.onerror = () => answer(null);
    } catch {
      answer(null);
    }
  });
}
