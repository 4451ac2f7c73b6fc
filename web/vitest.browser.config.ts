import { configDefaults, defineConfig } from 'vitest/config';

// The walk through every page and both themes takes minutes, and on a busy machine one of its hundred
// looks comes too early now and then: it is for whoever changes how pages look, with SALON_LOOKS=1.
const left = process.env['SALON_LOOKS'] ? [] : ['tests/looks.test.ts'];

// A real server and a real browser: slow to start, so the tests of one file share them.
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...left],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 10_000 } },
  },
});
