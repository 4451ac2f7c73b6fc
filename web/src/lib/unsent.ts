// What one has begun to write and not sent: kept on the device at once, and told to the server by and
// by, so that another device goes on with it.
//
// The last words that come to the server stay. Words that were typed here and that the server has
// not taken yet go before whatever comes from elsewhere: they are told next, and nothing typed is
// lost. Each text lies by itself, with a mark whether it was told.

import { get, request } from './api';
import type { AllUnsent, Unsent, UnsentRequest } from '../protocol';
import { names, WRITTEN } from './shelf';

/** So long after the last key the server is told, and so long after the first at most. */
const TOLD_AFTER_MS = 600;
const TOLD_WITHIN_MS = 3_000;

export interface Wire {
  all: () => Promise<AllUnsent>;
  put: (room: string, wish: UnsentRequest) => Promise<Unsent>;
}

const wire: Wire = {
  all: () => get<AllUnsent>('/api/unsent'),
  put: (room, wish) => request<Unsent>('PUT', `/api/rooms/${room}/unsent`, wish),
};

interface Kept {
  text: string;
  /** Whether the server has taken it, and as what. */
  told: boolean;
  version: number;
}

/** Everything of one user on this device. */
export class AllWriting {
  readonly #user: string;
  readonly #storage: Storage;
  readonly #wire: Wire;
  readonly #open = new Map<string, Writing>();
  /** What the server last said of texts whose place is not open. */
  #known = new Map<string, Unsent>();

  constructor(user: string, storage: Storage = localStorage, door: Wire = wire) {
    this.#user = user;
    this.#storage = storage;
    this.#wire = door;
  }

  /** The text of a room, or of a thread in it. `show` is given what another device wrote. */
  open(room: string, thread: string | undefined, show: (text: string) => void): Writing {
    const place = placeOf(room, thread);
    const writing = this.#make(place, show, () => this.#open.delete(place));
    this.#open.set(place, writing);
    const known = this.#known.get(place);
    if (known) writing.take(known);
    return writing;
  }

  /** Another device's words, or one's own come back. */
  take(unsent: Unsent): void {
    const place = placeOf(unsent.room, unsent.thread);
    this.#known.set(place, unsent);
    (this.#open.get(place) ?? this.#make(place)).take(unsent);
  }

  /** There is a server again: it is asked for what it has, and told what it has not. */
  async settle(): Promise<void> {
    const before = new Map([...this.#all()].map(([place, writing]) => [place, writing.version]));
    const { unsent } = await this.#wire.all();
    this.#known = new Map();
    for (const one of unsent) this.take(one);
    for (const [place, writing] of this.#all()) {
      // What is not there any more was sent or let go of elsewhere.
      if (!this.#known.has(place) && writing.version === before.get(place)) writing.gone();
      void writing.tell();
    }
  }

  /** What is open, and what lies on the device. */
  *#all(): Generator<[string, Writing]> {
    const prefix = `${WRITTEN}${this.#user}.`;
    const places = names(this.#storage, prefix).map((name) => name.slice(prefix.length));
    for (const place of new Set([...places, ...this.#open.keys()])) yield [place, this.#open.get(place) ?? this.#make(place)];
  }

  #make(place: string, show: (text: string) => void = () => {}, left: () => void = () => {}): Writing {
    return new Writing(this.#storage, `${WRITTEN}${this.#user}.${place}`, (text) => {
      const [room = '', thread] = place.split('/');
      return this.#wire.put(room, thread ? { thread, text } : { text });
    }, show, left);
  }
}

const placeOf = (room: string, thread: string | undefined) => (thread ? `${room}/${thread}` : room);

/** One text. */
export class Writing {
  readonly #storage: Storage;
  readonly #name: string;
  readonly #put: (text: string) => Promise<Unsent>;
  readonly #show: (text: string) => void;
  readonly #left: () => void;
  #kept: Kept;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when something waits to be told. */
  #since = 0;
  #telling: Promise<void> | undefined;

  constructor(storage: Storage, name: string, put: (text: string) => Promise<Unsent>, show: (text: string) => void, left: () => void) {
    this.#storage = storage;
    this.#name = name;
    this.#put = put;
    this.#show = show;
    this.#left = left;
    this.#kept = read(storage.getItem(name));
  }

  get text(): string {
    return this.#kept.text;
  }

  get version(): number {
    return this.#kept.version;
  }

  write(text: string): void {
    if (text === this.#kept.text) return;
    this.#keep({ ...this.#kept, text, told: false });
    const now = Date.now();
    if (this.#timer === undefined) this.#since = now;
    clearTimeout(this.#timer);
    // What was sent goes at once, or another device would send it again.
    if (text === '') void this.tell();
    else this.#timer = setTimeout(() => void this.tell(), Math.max(0, Math.min(TOLD_AFTER_MS, this.#since + TOLD_WITHIN_MS - now)));
  }

  /** Tells the server, one text at a time: a later one never comes before an earlier one. */
  tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#telling ??= this.#tell().finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  async #tell(): Promise<void> {
    while (!this.#kept.told) {
      const { text } = this.#kept;
      let taken: Unsent;
      try {
        taken = await this.#put(text);
      } catch {
        // Without a network the device keeps it, and tells when there is one.
        return;
      }
      // Another device may have come behind it meanwhile: then these words are told once more.
      if (taken.version >= this.#kept.version) this.#keep({ ...this.#kept, version: taken.version, told: this.#kept.text === text });
    }
  }

  /** What the server has. */
  take({ text, version }: Pick<Unsent, 'text' | 'version'>): void {
    if (version <= this.#kept.version) return;
    if (this.#kept.told || this.#kept.text === text) this.#replace({ text, told: true, version });
    else this.#keep({ ...this.#kept, version });
  }

  /** The server has nothing. */
  gone(): void {
    if (this.#kept.told) this.#replace({ text: '', told: true, version: this.#kept.version });
  }

  /** One leaves the place; what is not told is told. */
  leave(): void {
    this.#left();
    void this.tell();
  }

  #replace(kept: Kept): void {
    const isNew = kept.text !== this.#kept.text;
    this.#keep(kept);
    if (isNew) this.#show(kept.text);
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    try {
      if (kept.text || !kept.told) this.#storage.setItem(this.#name, JSON.stringify(kept));
      else this.#storage.removeItem(this.#name);
    } catch {
      // A device that is full keeps what it kept; the page goes on without.
    }
  }
}

function read(stored: string | null): Kept {
  try {
    const { text, told, version } = JSON.parse(stored ?? '') as Kept;
    if (typeof text === 'string' && typeof version === 'number') return { text, told: told === true, version };
  } catch {
    // Nothing lies there, or nothing of ours.
  }
  return { text: '', told: true, version: 0 };
}
