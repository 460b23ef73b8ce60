/** Unit, builder and engine tests: every *.test.ts beside its file, in Node. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: [
      '{contract,files,image,engine,store,runtime,hub,workers,src,builder,cli,bench,faults,scripts}/**/*.test.{ts,tsx}',
    ],
    // Some tests build and run whole models; a slow or busy machine must not turn them red.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
