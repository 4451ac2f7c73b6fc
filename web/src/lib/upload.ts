// Brings one file to the server, with how much of it is there, and a way to stop. `fetch` does not
// tell of progress.

import type { FileInfo, Problem } from '../protocol';
import { Refused } from './api';

export interface Upload<Answer = FileInfo> {
  done: Promise<Answer>;
  cancel(): void;
}

export const upload = (room: string, file: File, progress: (part: number) => void): Upload => uploadTo(`/api/rooms/${room}/files`, file, progress);

export function uploadTo<Answer>(path: string, file: File, progress: (part: number) => void): Upload<Answer> {
  const request = new XMLHttpRequest();
  const done = new Promise<Answer>((found, failed) => {
    request.open('POST', `${path}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept-language', document.documentElement.lang);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => total > 0 && progress(loaded / total);
    request.onload = () => {
      if (request.status === 201) return found(request.response as Answer);
      const problem = (request.response ?? {}) as Partial<Problem>;
      failed(new Refused(request.status, problem.code ?? 'internal', problem.detail ?? ''));
    };
    request.onerror = () => failed(new Refused(0, 'offline', ''));
    request.onabort = () => failed(new Refused(0, 'stopped', ''));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
