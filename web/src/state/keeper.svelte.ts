// Keeps rooms on the device as they change, and gives them back. Writing waits a little: a room in
// which much is said is written once for all of it.

import { fromKept, SHAPE, toKeep, type KeptHouse } from '../lib/keep';
import type { RoomLog } from '../lib/log';
import type { Store } from '../lib/store';
import type { Memory, Room } from './room.svelte';

const WRITE_AFTER_MS = 2_000;

export class Keeper implements Memory {
  epoch = '';

  #changed = new Set<Room>();
  #house = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly store: Store,
    readonly house: () => Omit<KeptHouse, 'epoch' | 'shape'>,
  ) {
    addEventListener('pagehide', this.#write);
  }

  async recall(room: Room): Promise<RoomLog | null> {
    return fromKept(await this.store.room(room.id), this.epoch);
  }

  changed(room: Room): void {
    this.#changed.add(room);
    this.#house = true;
    this.#later();
  }

  houseChanged(): void {
    this.#house = true;
    this.#later();
  }

  forget(id: string): Promise<unknown> {
    for (const room of this.#changed) if (room.id === id) this.#changed.delete(room);
    return this.store.forget(id);
  }

  only(ids: Set<string>): Promise<void> {
    return this.store.only(ids);
  }

  end(): void {
    removeEventListener('pagehide', this.#write);
    clearTimeout(this.#timer);
    this.#changed.clear();
  }

  #later(): void {
    this.#timer ??= setTimeout(this.#write, WRITE_AFTER_MS);
  }

  #write = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.epoch) return;
    for (const room of this.#changed) {
      if (room.log) void this.store.keepRoom(toKeep(room.log, $state.snapshot(room.summary), this.epoch, Date.now()));
    }
    this.#changed.clear();
    if (this.#house) void this.store.keepHouse({ ...this.house(), epoch: this.epoch, shape: SHAPE });
    this.#house = false;
  };
}
