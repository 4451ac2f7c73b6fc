import { beforeEach, expect, test, vi } from 'vitest';
import type { Unsent, UnsentRequest } from '../protocol';
import { AllWriting } from './unsent';

/** A server that keeps what it is told, and tells all devices; one may be cut off. */
class House {
  version = 0;
  kept = new Map<string, Unsent>();
  devices: AllWriting[] = [];
  puts: string[] = [];

  device(): { all: AllWriting; memory: Storage; link: { up: boolean } } {
    const link = { up: true };
    const memory = storage();
    const make = () =>
      new AllWriting('ada', memory, {
        all: async () => {
          if (!link.up) throw new Error('offline');
          return { unsent: [...this.kept.values()] };
        },
        put: async (room, wish) => {
          if (!link.up) throw new Error('offline');
          return this.put(room, wish);
        },
      });
    const all = make();
    this.devices.push(all);
    return { all, memory, link };
  }

  put(room: string, { thread, text }: UnsentRequest): Unsent {
    this.puts.push(text);
    const unsent: Unsent = { room, text, version: ++this.version, ...(thread ? { thread } : {}) };
    const place = `${room}/${thread ?? ''}`;
    if (text) this.kept.set(place, unsent);
    else this.kept.delete(place);
    return unsent;
  }

  /** What the socket brings. */
  tell(to: AllWriting, room = 'r'): void {
    to.take(this.kept.get(`${room}/`) ?? { room, text: '', version: this.version });
  }
}

function storage(): Storage {
  const all = new Map<string, string>();
  return {
    get length() {
      return all.size;
    },
    key: (at: number) => [...all.keys()][at] ?? null,
    getItem: (name: string) => all.get(name) ?? null,
    setItem: (name: string, text: string) => void all.set(name, text),
    removeItem: (name: string) => void all.delete(name),
    clear: () => all.clear(),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});
const later = () => vi.advanceTimersByTimeAsync(5_000);

test('what is typed here is there on another device, and gone when it is sent', async () => {
  const house = new House();
  const [laptop, phone] = [house.device(), house.device()];
  const shown: string[] = [];
  const here = laptop.all.open('r', undefined, () => {});
  phone.all.open('r', undefined, (text) => shown.push(text));
  here.write('hal');
  here.write('half a');
  expect(house.puts).toEqual([]);
  await later();
  expect(house.puts).toEqual(['half a']);
  house.tell(phone.all);
  here.write('');
  await vi.advanceTimersByTimeAsync(0);
  house.tell(phone.all);
  expect(shown).toEqual(['half a', '']);
  expect(laptop.memory.length + phone.memory.length).toBe(0);
});

test('whoever types on and on is heard in between', async () => {
  const house = new House();
  const here = house.device().all.open('r', undefined, () => {});
  for (let n = 1; n <= 20; n++) {
    here.write('x'.repeat(n));
    await vi.advanceTimersByTimeAsync(400);
  }
  expect(house.puts.length).toBeGreaterThan(1);
});

test('what the server has not taken goes before its older words, even on a page opened anew', async () => {
  const house = new House();
  const laptop = house.device();
  const here = laptop.all.open('r', undefined, () => {});
  here.write('old words');
  await later();
  laptop.link.up = false;
  here.write('new words');
  await later();
  laptop.link.up = true;
  // The page was closed meanwhile; another one on the same device comes.
  const again = new AllWriting('ada', laptop.memory, { all: async () => ({ unsent: [...house.kept.values()] }), put: async (room, wish) => house.put(room, wish) });
  const shown: string[] = [];
  const there = again.open('r', undefined, (text) => shown.push(text));
  expect(there.text).toBe('new words');
  await again.settle();
  await later();
  expect([there.text, house.kept.get('r/')?.text, shown]).toEqual(['new words', 'new words', []]);
});

test('words that were never told are told without their room being open', async () => {
  const house = new House();
  const laptop = house.device();
  laptop.link.up = false;
  const here = laptop.all.open('r', 'root', () => {});
  here.write('in a thread');
  here.leave();
  await later();
  expect(house.kept.size).toBe(0);
  laptop.link.up = true;
  await laptop.all.settle();
  await later();
  expect(house.kept.get('r/root')?.text).toBe('in a thread');
});

test('the newest words win where both devices were told', async () => {
  const house = new House();
  const [laptop, phone] = [house.device(), house.device()];
  const shown: string[] = [];
  const here = laptop.all.open('r', undefined, (text) => shown.push(text));
  const there = phone.all.open('r', undefined, () => {});
  here.write('first');
  await later();
  house.tell(phone.all);
  there.write('second');
  await later();
  house.tell(laptop.all);
  expect([here.text, shown]).toEqual(['second', ['second']]);
  // What comes late is older, and changes nothing.
  laptop.all.take({ room: 'r', text: 'first', version: 1 });
  expect(here.text).toBe('second');
});

test('what is being typed is not written over, and is what stays', async () => {
  const house = new House();
  const laptop = house.device();
  const shown: string[] = [];
  const here = laptop.all.open('r', undefined, (text) => shown.push(text));
  here.write('being typed');
  house.put('r', { text: 'from the phone' });
  house.tell(laptop.all);
  await later();
  expect([here.text, house.kept.get('r/')?.text, shown]).toEqual(['being typed', 'being typed', []]);
});

test('what was sent elsewhere while one was away is gone here too', async () => {
  const house = new House();
  const laptop = house.device();
  const shown: string[] = [];
  const here = laptop.all.open('r', undefined, (text) => shown.push(text));
  here.write('half a');
  await later();
  house.put('r', { text: '' });
  await laptop.all.settle();
  expect([here.text, shown, laptop.memory.length]).toEqual(['', [''], 0]);
});

test('words sent without a network are no longer unsent anywhere once there is one', async () => {
  const house = new House();
  const laptop = house.device();
  const here = laptop.all.open('r', undefined, () => {});
  here.write('half a');
  await later();
  laptop.link.up = false;
  here.write('');
  await later();
  expect(house.kept.size).toBe(1);
  laptop.link.up = true;
  await laptop.all.settle();
  await later();
  expect([here.text, house.kept.size, laptop.memory.length]).toEqual(['', 0, 0]);
});
