import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Failures } from './failures.ts';

/** Names the file that the failures of a run are written to, for whoever goes on with them. */
export const failuresVariable = 'FERRY_TEST_FAILURES';

/**
 * Ends a run with what a reader of a log's last lines needs: each test that failed and why, each error outside tests,
 * and one plain line, `N passed, N failed, N skipped`, that any CI can read.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[] = []): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0);
    const failed = tests.filter((test) => test.result().state === 'failed');
    const lines = [
      ...broken.map((module) => `failed: ${module.relativeModuleId}: ${firstLine(module.errors())}`),
      ...failed.map((test) => `failed: ${nameOf(test)}: ${firstLine(test.result().errors)}`),
      ...unhandled.map((error) => `error outside tests: ${firstLine([error])}`),
    ];
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const skipped = count('skipped') + count('pending');
    lines.push(`${count('passed')} passed, ${failed.length + broken.length} failed, ${skipped} skipped`);
    process.stdout.write(`\n${lines.join('\n')}\n`);
    keep(new Set([...broken, ...failed.map((test) => test.module)]), unhandled.length);
  }
}

function keep(modules: ReadonlySet<TestModule>, outsideTests: number): void {
  const path = process.env[failuresVariable];
  if (path === undefined) return;
  const files = [...modules].map((module) => ({ ring: module.project.name, file: module.relativeModuleId }));
  const failures: Failures = { files, outsideTests };
  writeFileSync(path, JSON.stringify(failures));
}

function nameOf(test: TestCase): string {
  return `${test.project.name} ${test.module.relativeModuleId} > ${test.fullName}`;
}

function firstLine(errors: readonly { readonly message?: string }[] | undefined): string {
  return errors?.[0]?.message?.split('\n')[0] ?? 'no reason given';
}
