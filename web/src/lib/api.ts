// Requests to the server. A refusal becomes a `Refused` with the server's own words, which are
// in the user's language already.

import type { Problem } from '../protocol';

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Set once at start: the language in which the server should answer. */
let language = 'en';

export function speak(lang: string): void {
  language = lang;
}

/** A body is sent as JSON, and a file as it is. */
export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const isFile = body instanceof Blob;
  const headers: Record<string, string> = { 'accept-language': language };
  if (body !== undefined) headers['content-type'] = isFile ? 'application/octet-stream' : 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : isFile ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, 'offline', '');
  }
  if (response.ok) {
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem.code ?? 'internal', problem.detail ?? response.statusText);
}

export const get = <T>(path: string) => request<T>('GET', path);
export const post = <T>(path: string, body: unknown) => request<T>('POST', path, body);
