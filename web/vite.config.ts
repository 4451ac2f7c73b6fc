import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { emoji } from './vite-emoji.ts';

/** Writes into the worker which files it keeps, and a name for all of them together. */
function worker(): Plugin {
  const files = (folder: string): string[] =>
    readdirSync(join('dist', folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? files(join(folder, entry.name)) : [`/${join(folder, entry.name)}`],
    );
  return {
    name: 'worker',
    apply: 'build',
    closeBundle() {
      const kept = files('').filter((file) => file !== '/sw.js' && file !== '/index.html').sort();
      const hash = createHash('sha256').update(readFileSync('dist/index.html')).update(readFileSync('dist/sw.js'));
      for (const file of kept) hash.update(file).update(readFileSync(join('dist', file)));
      const text = readFileSync('dist/sw.js', 'utf8');
      const written = text.replaceAll('__FILES__', JSON.stringify(kept)).replaceAll('__VERSION__', JSON.stringify(hash.digest('hex').slice(0, 16)));
      writeFileSync('dist/sw.js', written);
    },
  };
}

/** Compressed copies beside the files: the server sends them as they are. */
function compressed(): Plugin {
  const pack = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name);
      if (entry.isDirectory()) pack(file);
      else if (/\.(js|css|html|svg)$/.test(entry.name)) {
        const bytes = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(
          `${file}.br`,
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        );
      }
    }
  };
  return { name: 'compressed', apply: 'build', closeBundle: () => pack('dist') };
}

/** What the page needs at its start. In one file: many small ones are packed less well, and each is a
 * request. The entry itself stays out of it, since it waits for the language, and what is fetched
 * later shares the rest. */
const initial = new Set<string>();

function start(): Plugin {
  return {
    name: 'start',
    apply: 'build',
    buildEnd() {
      const follow = (id: string) => {
        if (initial.has(id)) return;
        initial.add(id);
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) follow(next);
      };
      for (const id of this.getModuleIds()) {
        if (!id.endsWith('/src/main.ts')) continue;
        follow(id);
        initial.delete(id);
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), emoji(), start(), worker(), compressed()],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      // The worker has one address for ever: browsers ask there for a newer one.
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: { groups: [{ name: 'start', test: (id) => initial.has(id) }] },
      },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['src/lib/words.setup.ts'] },
});
