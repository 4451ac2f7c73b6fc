// Brings one file into a room, with how much of it is there, and a way to stop. `fetch` does not
// tell of progress.

import type { FileInfo, Problem } from '../protocol';
import { Refused } from './api';

export interface Upload {
  done: Promise<FileInfo>;
  cancel(): void;
}

export function upload(room: string, file: File, progress: (part: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<FileInfo>((found, failed) => {
    request.open('POST', `/api/rooms/${room}/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept-language', document.documentElement.lang);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => total > 0 && progress(loaded / total);
    request.onload = () => {
      if (request.status === 201) return found(request.response as FileInfo);
      const problem = (request.response ?? {}) as Partial<Problem>;
      failed(new Refused(request.status, problem.code ?? 'internal', problem.detail ?? ''));
    };
    request.onerror = () => failed(new Refused(0, 'offline', ''));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
