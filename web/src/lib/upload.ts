// Brings one file to the server, with how much of it is there, and a way to stop. `fetch` does not
// tell of progress.

import type { FileInfo, Problem } from '../protocol';
import { Refused } from './api';

/** A larger file comes in pieces: what is there already is not sent again. */
export const AT_ONCE_BYTES_MAX = 4 * 1024 * 1024;
/** Which uploads this page has begun, for when it is loaded again. */
export const BEGUN = 'salon.uploads';

export interface Upload<Answer = FileInfo> {
  done: Promise<Answer>;
  cancel(): void;
}

/** Hears how an upload goes. */
export interface Hears {
  /** How much of it is there, between 0 and 1. */
  progress(part: number): void;
  /** Whether it waits for the server to be there again. */
  waits(now: boolean): void;
}

export function upload(room: string, file: File, hears: Hears): Upload {
  if (file.size <= AT_ONCE_BYTES_MAX) return uploadTo(`/api/rooms/${room}/files`, file, hears.progress);
  const stop = new AbortController();
  const done = import('./pieces').then(({ uploadInPieces }) => uploadInPieces(room, file, hears, stop.signal));
  return { done, cancel: () => stop.abort() };
}

export function uploadTo<Answer>(path: string, file: File, progress: (part: number) => void): Upload<Answer> {
  const stop = new AbortController();
  const done = send<Answer>('POST', `${path}?name=${encodeURIComponent(file.name)}`, file, { stop: stop.signal, sent: (bytes) => progress(bytes / file.size) });
  return { done, cancel: () => stop.abort() };
}

/** One request with bytes. */
export function send<Answer>(method: string, path: string, bytes: Blob, how: { headers?: Record<string, string>; sent(bytes: number): void; stop: AbortSignal }): Promise<Answer> {
  const request = new XMLHttpRequest();
  return new Promise<Answer>((found, failed) => {
    const stopped = () => failed(new Refused(0, 'stopped', ''));
    if (how.stop.aborted) return stopped();
    how.stop.addEventListener('abort', () => request.abort(), { once: true });
    request.open(method, path);
    const headers = { 'content-type': 'application/octet-stream', 'accept-language': document.documentElement.lang, ...how.headers };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => how.sent(loaded);
    request.onload = () => {
      if (request.status === 200 || request.status === 201) return found(request.response as Answer);
      const problem = (request.response ?? {}) as Partial<Problem>;
      failed(new Refused(request.status, problem.code ?? 'internal', problem.detail ?? ''));
    };
    request.onerror = () => failed(new Refused(0, 'offline', ''));
    request.onabort = stopped;
    request.send(bytes);
  });
}
