import { expect, test } from 'vitest';
import { Refused } from './api';
import { bring, type Door, type Memory } from './pieces';
import type { FileInfo, UploadState } from '../protocol';

const FILE: FileInfo = { id: 'u1', name: 'film.mp4', type: 'video/mp4', size: 10 };
const file = new Blob(['0123456789']);

/** A server that takes four bytes at once; what `fails` names by its number goes wrong. */
function server(fails: Record<number, { status: number; after?: boolean }> = {}) {
  const log: string[] = [];
  const has: Record<string, string> = {};
  let calls = 0;
  let begun = 0;
  const state = (id: string): UploadState => {
    const text = has[id];
    if (text === undefined) throw new Refused(404, 'not_found', '');
    return { id, offset: text.length, size: 10, piece: 4, ...(text.length === 10 ? { file: FILE } : {}) };
  };
  const call = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
    log.push(what);
    const fault = fails[++calls];
    if (fault && !fault.after) throw new Refused(fault.status, 'x', '');
    const answer = await work();
    // Done, and the answer is lost.
    if (fault) throw new Refused(fault.status, 'x', '');
    return answer;
  };
  const door: Door = {
    begin: () =>
      call('begin', () => {
        has[`u${++begun}`] = '';
        return state(`u${begun}`);
      }),
    look: (id) => call(`look ${id}`, () => state(id)),
    send: (id, offset, piece) =>
      call(`send ${offset}`, async () => {
        if (offset !== state(id).offset) throw new Refused(409, 'conflict', '');
        has[id] += await piece.text();
        return state(id).file ?? state(id);
      }),
    giveUp: (id) => call(`give up ${id}`, () => delete has[id]),
    pause: async () => void log.push('pause'),
  };
  return { door, log, has };
}

async function brought(door: Door, memory: Memory = { id: undefined }): Promise<{ info: FileInfo; waited: boolean[] }> {
  const waited: boolean[] = [];
  const info = await bring(door, file, memory, { progress: () => {}, waits: (now) => waited.push(now) }, new AbortController().signal);
  return { info, waited };
}

test('a file goes in pieces, one behind the other', async () => {
  const { door, log, has } = server();
  expect((await brought(door)).info).toEqual(FILE);
  expect(log).toEqual(['begin', 'send 0', 'send 4', 'send 8']);
  expect(has['u1']).toBe('0123456789');
});

test('after a cut line only what is missing is sent again', async () => {
  const { door, log, has } = server({ 3: { status: 0 } });
  const { waited } = await brought(door);
  expect(log).toEqual(['begin', 'send 0', 'send 4', 'pause', 'look u1', 'send 4', 'send 8']);
  expect(has['u1']).toBe('0123456789');
  expect(waited).toContain(true);
  expect(waited.at(-1)).toBe(false);
});

test('a lost answer sends nothing twice, the last one too', async () => {
  for (const lost of [3, 4]) {
    const { door, log, has } = server({ [lost]: { status: 0, after: true } });
    expect((await brought(door)).info).toEqual(FILE);
    expect(log.filter((what) => what.startsWith('send'))).toEqual(['send 0', 'send 4', 'send 8']);
    expect(has['u1']).toBe('0123456789');
  }
});

test('what a page began before it was loaded again goes on; what is gone is begun anew', async () => {
  const { door, log, has } = server();
  has['u0'] = '012345';
  await brought(door, { id: 'u0' });
  expect(log).toEqual(['look u0', 'send 6']);
  const other = server();
  const memory: Memory = { id: 'u9' };
  await brought(other.door, memory);
  expect(other.log.slice(0, 3)).toEqual(['look u9', 'pause', 'begin']);
  expect(memory.id).toBeUndefined();
});

test('a refusal is told at once, and a server that goes on failing after some tries', async () => {
  await expect(brought(server({ 1: { status: 413 } }).door)).rejects.toMatchObject({ status: 413 });
  const { door, log } = server(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n + 2, { status: 500 }])));
  const memory: Memory = { id: undefined };
  await expect(brought(door, memory)).rejects.toMatchObject({ status: 500 });
  expect(log.filter((what) => what === 'pause')).toHaveLength(6);
  expect(memory.id, 'another try goes on with it').toBe('u1');
});

test('whoever cancels leaves nothing on the server', async () => {
  const { door, has } = server();
  const stop = new AbortController();
  const sending = { ...door, send: (...args: Parameters<Door['send']>) => door.send(...args).finally(() => stop.abort()) };
  await expect(bring(sending, file, { id: undefined }, { progress: () => {}, waits: () => {} }, stop.signal)).rejects.toMatchObject({ code: 'stopped' });
  await expect.poll(() => has).toEqual({});
});
