import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Three rings: rules beside the code, the controller on simulated hosts, and real hosts one file at a time. */
const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', './tools/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'lab/src/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['**/*.lab.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'sim',
          sequence: { groupOrder: 1 },
          include: ['tests/sim/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'lab',
          // After the others, alone: real guests need both processors.
          sequence: { groupOrder: 2 },
          include: ['tests/lab/**/*.test.ts', '**/*.lab.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          maxWorkers: 1,
          globalSetup: ['tests/lab/set-up.ts'],
        },
      },
    ],
  },
});

export default config;
