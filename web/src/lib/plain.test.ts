import { expect, test } from 'vitest';
import { isFewEmoji, plain, unmarked } from './plain';

test('a quote has the words of a message and none of its marks', () => {
  expect(plain('The plan:\n\n1. Move it — *carefully* — now\n2. Run `salon doctor`\n3. Tell **everybody**')).toBe('The plan: 1. Move it — carefully — now 2. Run salon doctor 3. Tell everybody');
  expect(plain('> 三思\n\n- **数据库**周五迁移\n- [说明](https://example.org/a_b)')).toBe('三思 数据库周五迁移 说明');
  expect(plain('```rust\nfn main() {}\n```')).toBe('fn main() {}');
  expect(plain('| room | 消息 |\n|---|---:|\n| general | 12 |')).toBe('room · 消息 general · 12');
});

test('what only looks like a mark stays', () => {
  expect(plain('2 * 3 * 4 = 24, snake_case_name, __init__, a - b, C# > C')).toBe('2 * 3 * 4 = 24, snake_case_name, __init__, a - b, C# > C');
});

test('what is hidden stays hidden', () => {
  expect(plain('the butler is ||the murderer||, they say')).toBe('the butler is ▒▒▒, they say');
});

test('pieces lose their marks where a hit cuts them', () => {
  expect(unmarked('run `salon ')).toBe('run salon ');
});

test('a few emoji and nothing else are told apart from words', () => {
  for (const few of ['👍', '🎉🎉 🍵', '👩‍👩‍👧', '👋🏽', '❤️', '🇨🇳', '1️⃣']) expect(isFewEmoji(few), few).toBe(true);
  for (const text of ['', ' ', '收到 👍', '👍 ok', '12', '#', '👍'.repeat(7), '🇨']) expect(isFewEmoji(text), text).toBe(false);
});

test('a piece that a hit cuts out shows neither what makes a list nor what leans', () => {
  expect(unmarked('the database — *carefully* — to\n- the new disk')).toBe('the database — carefully — to\nthe new disk');
  expect(unmarked('2 * 3 * 4 - 5')).toBe('2 * 3 * 4 - 5');
});
