import { expect, test } from 'vitest';
import type { Resume } from '../protocol';
import { Socket, type Connection, type WebSocketLike } from './socket';

class Fake implements WebSocketLike {
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  sent: { type: string }[] = [];
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function setUp(resume?: Resume) {
  const sockets: Fake[] = [];
  const timers: { wait: number; run: () => void; live: boolean }[] = [];
  const states: Connection[] = [];
  const socket = new Socket(
    () => 'ws://test',
    { frame: () => {}, connection: (state) => states.push(state), resume: () => resume },
    {
      open: () => (sockets.push(new Fake()), sockets.at(-1)!),
      after(wait, run) {
        const timer = { wait, run, live: true };
        timers.push(timer);
        return () => (timer.live = false);
      },
      random: () => 1,
    },
  );
  const fire = () => timers.filter((timer) => timer.live).at(-1)!;
  return { socket, sockets, states, fire };
}

test('it says hello, and where it was', () => {
  const resume = { epoch: 'e', rooms: { r: 7 } };
  const { socket, sockets } = setUp(resume);
  socket.open();
  sockets[0]!.onopen?.();
  expect(sockets[0]!.sent).toEqual([{ type: 'hello', resume }]);
});

test('nothing is sent before ready', () => {
  const { socket, sockets } = setUp();
  socket.open();
  sockets[0]!.onopen?.();
  expect(socket.send({ type: 'ping' })).toBe(false);
  sockets[0]!.say({ type: 'ready' });
  expect(socket.send({ type: 'ping' })).toBe(true);
});

test('a lost connection is opened again, ever later, and the wait is forgotten once it works', () => {
  const { socket, sockets, fire } = setUp();
  socket.open();
  const waits = [];
  for (let n = 0; n < 3; n++) {
    sockets.at(-1)!.onclose?.({ code: 1006, reason: '' });
    waits.push(fire().wait);
    fire().run();
  }
  expect(waits).toEqual([500, 1000, 2000]);
  sockets.at(-1)!.say({ type: 'ready' });
  sockets.at(-1)!.onclose?.({ code: 1001, reason: '' });
  expect(fire().wait).toBe(500);
});

test('the server may ask for a longer wait', () => {
  const { socket, sockets, fire } = setUp();
  socket.open();
  sockets[0]!.onclose?.({ code: 4009, reason: 'retry_after_ms=3000' });
  expect(fire().wait).toBe(3000);
});

test('whoever is not signed in is not asked again', () => {
  const { socket, sockets, states } = setUp();
  socket.open();
  sockets[0]!.onclose?.({ code: 4001, reason: '' });
  expect(states.at(-1)).toBe('ended');
  expect(sockets).toHaveLength(1);
});

test('a connection that answers no ping is given up', () => {
  const { socket, sockets, states, fire } = setUp();
  socket.open();
  sockets[0]!.onopen?.();
  sockets[0]!.say({ type: 'ready' });
  fire().run();
  expect(sockets[0]!.sent.at(-1)).toEqual({ type: 'ping' });
  fire().run();
  expect(states.at(-1)).toBe('waiting');
});
