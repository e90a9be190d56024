import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { RunRecord } from './run-record.ts';

/** Names the file that the record of a run is written to, for whoever goes on with it. */
export const recordVariable = 'FERRY_TEST_RECORD';

/**
 * Ends a run with what a reader of a log's last lines needs: each test that failed and why, each error outside tests,
 * and one plain line, `N passed, N failed, N skipped`, that any CI can read.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[] = []): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0);
    const failed = tests.filter((test) => test.result().state === 'failed');
    const failures = [
      ...broken.map((module) => `failed: ${module.relativeModuleId}: ${firstLine(module.errors())}`),
      ...failed.map((test) => `failed: ${nameOf(test)}: ${firstLine(test.result().errors)}`),
      ...unhandled.map((error) => `error outside tests: ${firstLine([error])}`),
    ];
    const lines = [...failures];
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const counts = {
      passed: count('passed'),
      failed: failed.length + broken.length,
      skipped: count('skipped') + count('pending'),
    };
    const path = process.env[recordVariable];
    if (path === undefined)
      lines.push(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    process.stdout.write(`\n${lines.join('\n')}\n`);
    if (path === undefined) return;
    const bad = new Set([...broken, ...failed.map((test) => test.module)]);
    const record: RunRecord = {
      ...counts,
      files: modules.map((module) => fileRecord(module, bad.has(module))),
      outsideTests: unhandled.length,
      failures,
    };
    writeFileSync(path, JSON.stringify(record));
  }
}

function fileRecord(module: TestModule, failed: boolean): RunRecord['files'][number] {
  const { duration, collectDuration, prepareDuration, environmentSetupDuration } = module.diagnostic();
  return {
    ring: module.project.name,
    file: module.relativeModuleId,
    seconds: duration / 1000,
    importSeconds: (collectDuration + prepareDuration + environmentSetupDuration) / 1000,
    failed,
  };
}

function nameOf(test: TestCase): string {
  return `${test.project.name} ${test.module.relativeModuleId} > ${test.fullName}`;
}

function firstLine(errors: readonly { readonly message?: string }[] | undefined): string {
  return errors?.[0]?.message?.split('\n')[0] ?? 'no reason given';
}
