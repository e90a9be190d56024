import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recipeOf } from '@ferry/lab';
import { thoroughParts } from './thorough-parts.ts';
import { bundledCommand } from './bundled-command.ts';
import { changedFiles } from './changed-files.ts';
import { filesToRunAgain } from './failures.ts';
import { ImportClosure } from './import-closure.ts';
import type { Part } from './part.ts';
import { inTurns } from './in-turns.ts';
import { gateFault } from './gate-limit.ts';
import { slownessOfMachine } from './machine-speed.ts';
import { endedChildrenSeconds } from './processor-time.ts';
import { joined, type RunRecord } from './run-record.ts';
import { runOfPart, runVitest, type VitestEnd, type VitestRun } from './run-vitest.ts';
import { readSecondRuns, tooOften, withSecondRuns, writeSecondRuns } from './second-runs.ts';
import { fitting, orderOfDay, pairsOf, sideBySide } from './slice.ts';
import { type Phase, timeTable } from './time-table.ts';
import { touchedParts } from './touched.ts';

const root = join(import.meta.dirname, '../..');
const secondRunsPath = join(root, 'tests/second-runs.json');
/** So long the parts that a change touches may make the gate; what goes beyond it is first in the slice. */
const maxTouchedMinutes = 4;
/** On two processors: two that compute, and three with real guests, which wait for much of their time. */
const processesAtOnce = 5;
const usage = `usage: node tools/test-run/main.ts gate | all | slice MINUTES | part NAME…

  gate     every ring, without what tools/test-run/thorough-parts.ts names and the change does not touch
  all      the gate and all parts
  slice    parts, those whose turn it is today first, as many as the minutes allow
  part     single parts by name: ${thoroughParts.map(({ name }) => name).join(', ')}
`;

/** A run of tests as a whole: what it did so far, and how it is to be judged. */
class TestRun {
  readonly #phases: Phase[] = [];
  readonly #records: RunRecord[] = [];
  readonly #faults: string[] = [];
  #secondRuns: readonly string[] = [];

  /** The gate's own tests, then the parts that the change touches. Gives the parts that it ran. */
  async gate(): Promise<Part[]> {
    const { inGate: run } = partsOfChange();
    const leftOut = thoroughParts.filter((part) => part.leftOut === 'whole');
    const own = { leftOut, tags: '!thorough', env: { FERRY_GATE: '1' }, workers: 1 } as const;
    const quietly = { ...own, keepsQuiet: true } as const;
    const before = await slownessOfMachine();
    // Real guests wait for deadlines more than they compute: others use the processors meanwhile. The long ones come first, and
    // the short ones each by itself, so that no processor is idle while another has several rings before it.
    await this.#phase('gate', [
      { ...quietly, projects: ['lab'], share: '1/3' },
      { ...quietly, projects: ['lab'], share: '2/3' },
      { ...quietly, projects: ['lab'], share: '3/3' },
      // Simulated hosts wait, too; what only computes comes when real guests need no processor any more.
      { ...own, projects: ['sim'] },
      { ...own, projects: ['unit', 'unit-alone'] },
      { ...quietly, projects: ['postgres'] },
      { ...quietly, projects: ['web'] },
      { ...quietly, projects: ['compat'] },
    ]);
    const slowness = Math.max(before, await slownessOfMachine());
    const fault = gateFault((this.#phases[0]?.processorSeconds ?? 0) / 60, slowness);
    if (fault !== null) this.#faults.push(fault);
    process.stdout.write(
      `\nthis machine needed ${slowness.toFixed(2)} times the reference's processor time\n`,
    );
    await this.parts(run);
    const left = thoroughParts.filter((part) => !run.includes(part));
    process.stdout.write(`\nleft to make test-all: ${left.map(({ name }) => name).join(', ')}\n`);
    return run;
  }

  async parts(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      process.stdout.write(`\npart ${part.name}\n`);
      await this.#phase(part.name, [runOfPart(part)]);
    }
  }

  /**
   * Parts that the change touches and that the gate had no room for, then those whose turn it is today, as many as so
   * many minutes should hold; none is begun after them.
   */
  async slice(minutes: number): Promise<void> {
    const { inGate, others } = partsOfChange();
    const ofDay = orderOfDay(thoroughParts, new Date());
    const order = [...others, ...ofDay.filter((part) => !inGate.includes(part) && !others.includes(part))];
    const end = performance.now() + minutes * 60_000;
    for (const pair of pairsOf(fitting(order, minutes * sideBySide)))
      if (performance.now() < end) await this.#pair(pair);
  }

  /** Parts side by side: real guests wait for deadlines more than they compute. */
  async #pair(parts: readonly Part[]): Promise<void> {
    const name = parts.map((part) => part.name).join(' and ');
    process.stdout.write(`\n${parts.length === 1 ? 'part' : 'parts'} ${name}\n`);
    const runs = parts.map((part) =>
      runOfPart({ ...part, releases: parts.flatMap(({ releases = [] }) => releases) }),
    );
    await this.#phase(
      name,
      runs.map((run, index) => ({ ...run, keepsQuiet: index > 0 })),
    );
  }

  /** Prints where the time went, what was not well, and the line of counts; gives whether all was. */
  finish(): boolean {
    const all = joined(this.#records);
    process.stdout.write(`\n${timeTable(this.#phases, all.files)}\n\n`);
    this.#keepSecondRuns();
    // Once more, where whoever reads the last lines alone finds them.
    for (const failure of all.failures) process.stdout.write(`${failure}\n`);
    for (const fault of this.#faults) process.stdout.write(`failed: ${fault}\n`);
    const failed = all.failed + all.outsideTests + this.#faults.length;
    process.stdout.write(`${all.passed} passed, ${failed} failed, ${all.skipped} skipped\n`);
    return failed === 0;
  }

  /** Runs processes of vitest, five side by side; files that bad luck on real hosts may have failed get a second run. */
  async #phase(name: string, runs: readonly VitestRun[]): Promise<void> {
    const begin = performance.now();
    const processor = endedChildrenSeconds();
    const ends = await inTurns(runs, processesAtOnce, (run) => runVitest(run));
    const record = joined(ends.map((end) => end.record));
    const again = filesToRunAgain(record);
    const last = again.length === 0 ? record : await this.#secondRun(record, again, runs);
    this.#records.push(last);
    if (ends.some((end) => !end.passed) && last.failed === 0 && last.outsideTests === 0 && again.length === 0)
      this.#faults.push(`${name}: vitest failed, and names nothing that did`);
    this.#phases.push({
      name,
      seconds: (performance.now() - begin) / 1000,
      processorSeconds: endedChildrenSeconds() - processor,
    });
  }

  /** The record as it is with the second run's word on the files. */
  async #secondRun(
    first: RunRecord,
    files: readonly string[],
    runs: readonly VitestRun[],
  ): Promise<RunRecord> {
    process.stdout.write(`\nonce more, each whole and on new hosts: ${files.join(', ')}\n`);
    const run = runs.find(({ projects }) => projects.includes('lab')) ?? { projects: ['lab'] as const };
    const { record }: VitestEnd = await runVitest({ ...run, share: undefined, files, keepsQuiet: false });
    if (record.failed > 0 || record.outsideTests > 0)
      return { ...first, failures: [...first.failures, ...record.failures.map((line) => `again ${line}`)] };
    this.#secondRuns = [...this.#secondRuns, ...files];
    return { ...first, passed: first.passed + first.failed, failed: 0, failures: [] };
  }

  /** Names what needed its second run, keeps count of it, and lets nothing need it again and again. */
  #keepSecondRuns(): void {
    const day = new Date().toISOString().slice(0, 10);
    const list = withSecondRuns(readSecondRuns(secondRunsPath), this.#secondRuns, day);
    if (this.#secondRuns.length > 0) {
      writeSecondRuns(secondRunsPath, list);
      process.stdout.write(
        `passed at their second run: ${this.#secondRuns.join(', ')} (counted in tests/second-runs.json: commit it)\n`,
      );
    }
    for (const { file, days } of tooOften(list, day))
      this.#faults.push(
        `${file} needed a second run ${days.length} times (${days.join(', ')}): mend it and take it off tests/second-runs.json, or excuse it there with a reason and a date`,
      );
  }
}

/** The parts that the change touches: those that the gate has room and roots of hosts for, and the others. */
function partsOfChange(): { inGate: Part[]; others: Part[] } {
  const changed = changedFiles(root);
  const closure = new ImportClosure(root);
  // Where nothing tells what has changed, as outside of git, the slices of a week have to do.
  const touched = changed === null ? [] : touchedParts(thoroughParts, changed, (paths) => closure.of(paths));
  const inGate = fitting(touched.filter(rootsAreThere), maxTouchedMinutes);
  return { inGate, others: touched.filter((part) => !inGate.includes(part)) };
}

function rootsAreThere(part: Part): boolean {
  return (part.releases ?? []).every((release) => existsSync(recipeOf(release).rootDirectory));
}

async function main(argv: readonly string[]): Promise<number> {
  const act = actionOf(argv);
  if (act === null) return misused();
  using command = bundledCommand();
  void command;
  const run = new TestRun();
  await act(run);
  return run.finish() ? 0 : 1;
}

/** What the words ask for; null: nothing that there is. */
function actionOf([command, ...words]: readonly string[]): ((run: TestRun) => Promise<unknown>) | null {
  if (command === 'gate' && words.length === 0) return (run) => run.gate();
  if (command === 'all' && words.length === 0)
    return async (run) => {
      const done = await run.gate();
      await run.parts(thoroughParts.filter((part) => !done.includes(part)));
    };
  if (command === 'slice' && Number(words[0]) > 0) return (run) => run.slice(Number(words[0]));
  if (command !== 'part' || words.length === 0) return null;
  const wanted = words.flatMap((name) => thoroughParts.find((part) => part.name === name) ?? []);
  return wanted.length < words.length ? null : (run) => run.parts(wanted);
}

function misused(): number {
  process.stderr.write(usage);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
