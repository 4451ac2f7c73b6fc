import { expect, test } from 'vitest';
import type { Pending } from './outbox';
import { clearShelves, Shelf } from './shelf';

class Memory implements Storage {
  map = new Map<string, string>();
  get length() {
    return this.map.size;
  }
  key = (at: number) => [...this.map.keys()][at] ?? null;
  getItem = (name: string) => this.map.get(name) ?? null;
  setItem = (name: string, value: string) => void this.map.set(name, value);
  removeItem = (name: string) => void this.map.delete(name);
  clear = () => this.map.clear();
}

const entry = (key: string, more: Partial<Pending> = {}): Pending => ({ key, room: 'r', text: key, at: key, command: false, ...more });

test('what was not taken is there again, oldest first, for its user alone', () => {
  const memory = new Memory();
  new Shelf('ada', memory).keep([entry('k2'), entry('k1')]);
  expect(new Shelf('bo', memory).take()).toEqual([]);
  expect(new Shelf('ada', memory).take().map(({ key }) => key)).toEqual(['k1', 'k2']);
});

test('what was taken goes, and another page’s entries stay', () => {
  const memory = new Memory();
  const [one, other] = [new Shelf('ada', memory), new Shelf('ada', memory)];
  one.keep([entry('k1')]);
  other.keep([entry('k2')]);
  other.keep([]);
  expect(new Shelf('ada', memory).take().map(({ key }) => key)).toEqual(['k1']);
  one.keep([entry('k1', { message_id: 'm' })]);
  expect(memory.length).toBe(0);
});

test('commands are not kept, nor is what cannot be read', () => {
  const memory = new Memory();
  new Shelf('ada', memory).keep([entry('k1', { command: true })]);
  expect(memory.length).toBe(0);
  memory.setItem('salon.unsent.ada.k', '{');
  expect(new Shelf('ada', memory).take()).toEqual([]);
});

test('signing out lets go of everything', () => {
  const memory = new Memory();
  memory.setItem('salon.lang', 'zh');
  new Shelf('ada', memory).keep([entry('k1')]);
  clearShelves(memory);
  expect([...memory.map.keys()]).toEqual(['salon.lang']);
});
