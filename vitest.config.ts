import { existsSync, globSync, readFileSync } from 'node:fs';
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config';

/** Test files that a run leaves to parts of their own, by ring (tools/test-run). */
const leftOut = JSON.parse(process.env['FERRY_TEST_LEFT_OUT'] ?? '{}') as Readonly<Record<string, string[]>>;
const without = (ring: string): string[] => ['**/node_modules/**', ...(leftOut[ring] ?? [])];

/** Only ends a test that hangs: how fast the machine is decides none. */
const patience = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 90_000 } } };

/**
 * The store and the controller on simulated hosts once more, on PostgreSQL: where its server is (Debian's package
 * postgresql), and always where it has to be.
 */
const onPostgres: TestProjectConfiguration = {
  test: {
    name: 'postgres',
    sequence: { groupOrder: 2 },
    include: [
      'packages/controller/src/store/**/*.test.ts',
      'tests/postgres/**/*.test.ts',
      'tests/sim/**/*.test.ts',
    ],
    exclude: without('postgres'),
    ...patience,
    globalSetup: ['tests/postgres/set-up.ts'],
  },
};
const havePostgres = existsSync('/usr/lib/postgresql') || process.env['FERRY_TEST_POSTGRES'] === 'required';

/** The dashboard in a real browser, on simulated hosts: where Debian's chromium is, and always where it has to be. */
const inBrowser: TestProjectConfiguration = {
  test: {
    name: 'web',
    sequence: { groupOrder: 3 },
    include: ['tests/web/**/*.test.ts'],
    exclude: without('web'),
    ...patience,
    // One browser at a time: it takes both processors.
    fileParallelism: false,
    maxWorkers: 1,
    globalSetup: ['tests/web/set-up.ts'],
  },
};
const haveChromium = existsSync('/usr/bin/chromium') || process.env['FERRY_TEST_WEB'] === 'required';

const besideCode = [
  'packages/*/src/**/*.test.ts',
  'lab/src/**/*.test.ts',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
  'tests/faults/**/*.test.ts',
];
/** Those that replace a module for all that import it: they need modules of their own. */
const replacingModules = globSync(besideCode, {
  cwd: import.meta.dirname,
  exclude: ['**/node_modules/**'],
}).filter((path) => readFileSync(`${import.meta.dirname}/${path}`, 'utf8').includes('\nvi.mock('));

/** Rings: rules beside the code, the controller on simulated hosts, on either database, and real hosts one file at a time. */
const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', './tools/test-run/closing-line-reporter.ts'],
    tags: [{ name: 'thorough', description: 'left to `make test-all` and to the slices of a week' }],
    projects: [
      {
        test: {
          name: 'unit',
          // Modules are loaded once for all files: loading them for each took four fifths of the time of most.
          isolate: false,
          include: besideCode,
          exclude: ['**/*.lab.test.ts', ...replacingModules, ...without('unit')],
          ...patience,
        },
      },
      {
        test: {
          name: 'unit-alone',
          include: replacingModules,
          exclude: without('unit-alone'),
          ...patience,
        },
      },
      {
        test: {
          name: 'sim',
          // Modules are loaded once, and what servers compile is kept: no test of this ring replaces a module.
          isolate: false,
          sequence: { groupOrder: 1 },
          include: ['tests/sim/**/*.test.ts', 'tests/upgrade/**/*.test.ts'],
          exclude: without('sim'),
          ...patience,
        },
      },
      ...(havePostgres ? [onPostgres] : []),
      ...(haveChromium ? [inBrowser] : []),
      {
        test: {
          name: 'compat',
          // Python clients take a second or two to start: one file at a time, and few runs.
          sequence: { groupOrder: 4 },
          include: ['tests/compat/**/*.test.ts'],
          exclude: without('compat'),
          ...patience,
          fileParallelism: false,
          maxWorkers: 1,
          globalSetup: ['tests/compat/set-up.ts'],
        },
      },
      {
        test: {
          name: 'lab',
          // After the others, alone: real guests need both processors.
          sequence: { groupOrder: 5 },
          include: ['tests/lab/**/*.test.ts', '**/*.lab.test.ts'],
          exclude: without('lab'),
          ...patience,
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
