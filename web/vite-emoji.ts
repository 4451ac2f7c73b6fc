// What the page knows of emoji, written by the build from emojibase's data: `virtual:emoji`. Of each
// one the character, its group, its shortcodes (GitHub's), and what the page's languages call it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const DATA = join(import.meta.dirname, 'node_modules/emojibase-data');
const ID = 'virtual:emoji';

interface Entry {
  hexcode: string;
  unicode: string;
  label: string;
  group?: number;
  order?: number;
  tags?: string[];
}

const read = <T>(file: string): T => JSON.parse(readFileSync(join(DATA, file), 'utf8')) as T;

/** Skin tones and hair alone are no emoji. */
const COMPONENTS = 2;

function written(): string {
  // A language of the page that emojibase does not know goes by the other names.
  const langs = readdirSync(join(import.meta.dirname, 'src/words')).map((file) => file.replace(/\.ts$/, '')).filter((lang) => existsSync(join(DATA, lang, 'compact.json')));
  const codes = read<Record<string, string | string[]>>('en/shortcodes/github.json');
  const names = langs.map((lang) => new Map(read<Entry[]>(`${lang}/compact.json`).map((entry) => [entry.hexcode, entry])));
  const rows = read<Entry[]>('en/compact.json')
    .filter(({ group }) => group !== undefined && group !== COMPONENTS)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ hexcode, unicode, group, label }) => {
      const own = codes[hexcode] ?? label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_|_$/g, '');
      return [unicode, group, [own].flat().join(' '), ...names.map((of) => [of.get(hexcode)?.label ?? label, ...(of.get(hexcode)?.tags ?? [])].join('\n'))];
    });
  return `export const langs = ${JSON.stringify(langs)};\nexport const rows = JSON.parse(${JSON.stringify(JSON.stringify(rows))});`;
}

export function emoji(): Plugin {
  return {
    name: 'emoji',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? written() : undefined),
  };
}
