// Brings a large file to the server in pieces. After a cut line or a restart of the server it goes
// on by itself where the last acked byte was; after a reload, once the same file is chosen again.

import type { FileInfo, UploadState } from '../protocol';
import { get, post, Refused, request } from './api';
import { BEGUN, send, type Hears } from './upload';

/** A server that answers and fails so often, with nothing gained between, is told of. */
const FAILURES_MAX = 6;
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 15_000;

/** The server, as far as one upload needs it. */
export interface Door {
  begin(): Promise<UploadState>;
  look(id: string): Promise<UploadState>;
  send(id: string, offset: number, piece: Blob, sent: (bytes: number) => void): Promise<UploadState | FileInfo>;
  giveUp(id: string): Promise<unknown>;
  /** Until it is worth another try. */
  pause(ms: number): Promise<void>;
}

/** Where the id of what was begun is kept. */
export interface Memory {
  id: string | undefined;
}

export async function uploadInPieces(room: string, file: File, hears: Hears, stop: AbortSignal): Promise<FileInfo> {
  const memory = begun(`${room}/${file.size}/${file.lastModified}/${file.name}`);
  const door: Door = {
    begin: () => post(`/api/rooms/${room}/uploads`, { name: file.name, size: file.size }),
    look: (id) => get(`/api/uploads/${id}`),
    send: (id, offset, piece, sent) => send('PATCH', `/api/uploads/${id}`, piece, { headers: { 'upload-offset': `${offset}` }, sent, stop }),
    giveUp: (id) => request('DELETE', `/api/uploads/${id}`),
    pause: (ms) => pause(ms, stop),
  };
  try {
    return await bring(door, file, memory, hears, stop);
  } finally {
    memory.leave();
  }
}

export async function bring(door: Door, file: Blob, memory: Memory, hears: Hears, stop: AbortSignal): Promise<FileInfo> {
  let state: UploadState | undefined;
  let failures = 0;
  for (;;) {
    try {
      if (stop.aborted) throw new Refused(0, 'stopped', '');
      // Whatever went wrong, only the server knows how much it has.
      state ??= await (memory.id === undefined ? door.begin() : door.look(memory.id));
      memory.id = state.id;
      hears.progress(state.offset / state.size);
      hears.waits(false);
      const { offset, piece } = state;
      const answer = state.file ?? (await door.send(state.id, offset, file.slice(offset, offset + piece), (bytes) => hears.progress((offset + bytes) / file.size)));
      if (!('offset' in answer)) {
        memory.id = undefined;
        return answer;
      }
      state = answer;
      failures = 0;
    } catch (error) {
      if (stop.aborted) {
        if (memory.id !== undefined) void door.giveUp(memory.id).catch(() => {});
        memory.id = undefined;
        throw error;
      }
      if (!(error instanceof Refused) || !mayPass(error, memory) || failures >= FAILURES_MAX) throw error;
      // Without a network one waits as long as the page is there.
      if (error.status !== 0) failures += 1;
      state = undefined;
      if (error.status === 404) memory.id = undefined;
      hears.waits(true);
      await door.pause(Math.min(PAUSE_MS * 2 ** failures, PAUSE_MS_MAX));
    }
  }
}

/** Whether another try may go better. What was begun and is gone is begun anew. */
function mayPass({ status }: Refused, { id }: Memory): boolean {
  if (status === 404 || status === 409) return id !== undefined;
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((over) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      stop.removeEventListener('abort', end);
      over();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    stop.addEventListener('abort', end);
  });
}

/** Uploads that go on in this page: the same file twice is two of them. */
const going = new Set<string>();

/** What this page has begun of a file, over a reload. */
function begun(file: string): Memory & { leave(): void } {
  const all = (): Record<string, string> => {
    try {
      return JSON.parse(sessionStorage.getItem(BEGUN) ?? '{}') as Record<string, string>;
    } catch {
      return {};
    }
  };
  const known = all()[file];
  let mine = known !== undefined && !going.has(known) ? known : undefined;
  if (mine !== undefined) going.add(mine);
  return {
    get id() {
      return mine;
    },
    set id(id) {
      if (id === mine) return;
      if (mine !== undefined) going.delete(mine);
      if (id !== undefined) going.add(id);
      const { [file]: before, ...others } = all();
      if (id !== undefined) others[file] = id;
      else if (before !== undefined && before !== mine) others[file] = before;
      mine = id;
      try {
        sessionStorage.setItem(BEGUN, JSON.stringify(others));
      } catch {
        // A device that keeps nothing begins anew after a reload.
      }
    },
    leave() {
      if (mine !== undefined) going.delete(mine);
    },
  };
}
