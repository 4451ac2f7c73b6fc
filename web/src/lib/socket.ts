// The connection: opened, resumed, opened again. It knows frames, not what they mean.
//
// Whoever uses it says where each room's log stands; after a loss the server sends what was
// missed from there.

import type { ClientFrame, Resume, ServerFrame } from '../protocol';

export type Connection = 'connecting' | 'ready' | 'waiting' | 'ended';

/** What the connection needs of the world: tests bring their own. */
export interface World {
  open(url: string): WebSocketLike;
  after(milliseconds: number, run: () => void): () => void;
  random(): number;
}

export interface WebSocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface Listener {
  frame(frame: ServerFrame): void;
  connection(state: Connection, code: number | null): void;
  /** Where each room's log stands; none before the first welcome. */
  resume(): Resume | undefined;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** A connection that says nothing for so long is asked whether it lives. */
const QUIET_MS = 25_000;
/** And given so long to answer. */
const ANSWER_MS = 10_000;
/** Not signed in, or not allowed: asking again would not help. */
const FINAL_CODES = [1008, 4001];

export const browserWorld: World = {
  open: (url) => new WebSocket(url) as unknown as WebSocketLike,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

export class Socket {
  #socket: WebSocketLike | null = null;
  #failures = 0;
  #cancel: () => void = () => {};
  #ready = false;

  constructor(
    readonly url: () => string,
    readonly listener: Listener,
    readonly world: World = browserWorld,
  ) {}

  get isReady(): boolean {
    return this.#ready;
  }

  open(): void {
    this.#cancel();
    this.listener.connection('connecting', null);
    const socket = this.world.open(this.url());
    this.#socket = socket;
    socket.onopen = () => {
      const resume = this.listener.resume();
      this.#write(resume ? { type: 'hello', resume } : { type: 'hello' });
      this.#listen();
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket && typeof data === 'string') this.#take(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.#socket === socket) this.#closed(code, reason);
    };
  }

  /** Sends a request; false while there is no connection. */
  send(frame: ClientFrame & { id?: string }): boolean {
    if (!this.#ready) return false;
    this.#write(frame);
    return true;
  }

  /** Tries at once: the network is back, or the page is looked at again. */
  hurry(): void {
    if (!this.#socket) this.open();
    else if (this.#ready) this.#ask();
  }

  end(): void {
    this.#cancel();
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    socket?.close(1000);
  }

  #write(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #take(data: string): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    this.#listen();
    if (frame.type === 'ready') {
      this.#failures = 0;
      this.#ready = true;
    }
    this.listener.frame(frame);
    if (frame.type === 'ready') this.listener.connection('ready', null);
  }

  #listen(): void {
    this.#cancel();
    this.#cancel = this.world.after(QUIET_MS, () => this.#ask());
  }

  #ask(): void {
    this.#write({ type: 'ping' });
    this.#cancel();
    this.#cancel = this.world.after(ANSWER_MS, () => {
      const socket = this.#socket;
      this.#closed(1006, '');
      socket?.close();
    });
  }

  #closed(code: number, reason: string): void {
    this.#cancel();
    this.#socket = null;
    this.#ready = false;
    if (FINAL_CODES.includes(code)) {
      this.listener.connection('ended', code);
      return;
    }
    this.listener.connection('waiting', code);
    const doubled = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures += 1;
    // Everybody lost the same server at the same moment: spread their return.
    const wait = Math.max(doubled * (0.5 + this.world.random() / 2), askedToWait(reason));
    this.#cancel = this.world.after(wait, () => this.open());
  }
}

/** `4009` carries `retry_after_ms` in its reason. */
function askedToWait(reason: string): number {
  const found = /retry_after_ms\D*(\d+)/.exec(reason);
  return found ? Number(found[1]) : 0;
}
