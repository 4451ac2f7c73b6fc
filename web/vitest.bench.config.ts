import { defineConfig } from 'vitest/config';

// Measurements of the client in a real browser: `cargo xtask bench-client`. They print and judge nothing.
export default defineConfig({
  test: {
    include: ['bench/**/*.bench.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
    expect: { poll: { timeout: 120_000 } },
  },
});
