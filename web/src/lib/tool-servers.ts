// What the form of a tool server holds, and the configuration that it becomes.

import type { ToolServerConfig } from '../protocol';

export interface ToolServerDraft {
  name: string;
  /** A program that the server runs, or an address. */
  kind: 'program' | 'address';
  command: string;
  /** One a line. */
  args: string;
  /** `NAME=value` a line. */
  env: string;
  url: string;
  /** `Name=VARIABLE` a line. */
  headers: string;
  timeout: number | null;
  /** Separated by commas. */
  rooms: string;
}

export function blankServer(): ToolServerDraft {
  return { name: '', kind: 'program', command: '', args: '', env: '', url: '', headers: '', timeout: null, rooms: '' };
}

export function fromConfig(name: string, config: ToolServerConfig): ToolServerDraft {
  return {
    name,
    kind: config.url ? 'address' : 'program',
    command: config.command ?? '',
    args: (config.args ?? []).join('\n'),
    env: fromPairs(config.env),
    url: config.url ?? '',
    headers: fromPairs(config.headers_env),
    timeout: config.timeout_seconds ?? null,
    rooms: (config.rooms ?? []).join(', '),
  };
}

export function toConfig(draft: ToolServerDraft): ToolServerConfig {
  const config: ToolServerConfig = {};
  if (draft.kind === 'program') {
    config.command = draft.command.trim();
    const args = lines(draft.args);
    if (args.length > 0) config.args = args;
    const env = toPairs(draft.env);
    if (env) config.env = env;
  } else {
    config.url = draft.url.trim();
    const headers = toPairs(draft.headers);
    if (headers) config.headers_env = headers;
  }
  if (draft.timeout !== null) config.timeout_seconds = draft.timeout;
  const rooms = draft.rooms.split(/[,，、\s]+/).map((name) => name.replace(/^#/, '')).filter(Boolean);
  if (rooms.length > 0) config.rooms = rooms;
  return config;
}

/** How it is reached, in a line. */
export function reachedBy(config: ToolServerConfig): string {
  return config.url ?? [config.command ?? '', ...(config.args ?? [])].join(' ');
}

const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

function toPairs(text: string): Record<string, string> | undefined {
  const pairs = lines(text).map((line): [string, string] => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

const fromPairs = (pairs: Record<string, string> | undefined): string =>
  Object.entries(pairs ?? {}).map(([name, value]) => `${name}=${value}`).join('\n');
