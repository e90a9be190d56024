import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launch, signIn, watchedPage } from '../web/browser.ts';
import { buildPage } from '../web/build-page.ts';
import { answerLargely, scrollThrough } from '../web/large-answers.ts';
import { PlayFleet } from '../web/play-fleet.ts';
import { type FirstPaint, firstPaint } from './first-paint.ts';

/**
 * The dashboard in Debian's chromium: how soon the fleet is painted with 2,000 instances of simulated hosts, and how long
 * frames take while 20,000 are scrolled through. `RUNS`: how often each. The table is written into docs/operating.md.
 */
const runs = Number(process.env['RUNS'] ?? 5);
const size = { hosts: 100, guestsPerHost: 20 };
/** Pixels a frame: a wheel that is turned fast (700 rows a second), and a bar that is dragged (3,000: no row is in two frames). */
const speeds = { wheel: 400, bar: 1_700 } as const;
type Speed = keyof typeof speeds;
const large = { hosts: 1_000, instances: 20_000 };
/** What the page is to keep to. */
const goals = { largestMs: 1_500, frameMs: 1_000 / 60 };
/** A frame that came late by half of one was not in time for a screen of 60 Hz. */
const lateMs = goals.frameMs * 1.5;
const page = join(import.meta.dirname, '../../docs/operating.md');
const marks = { begin: '<!-- bench-dashboard begins -->', end: '<!-- bench-dashboard ends -->' };

await buildPage();
const browser = await launch();
const load = loadavg()[0] ?? 0;
try {
  const paints = await paintOften(browser);
  const frames = await scrollOften(browser);
  writeInto(table(paints, frames));
} finally {
  await browser.close();
}

async function paintOften(on: Browser): Promise<{ readonly instances: number; readonly all: FirstPaint[] }> {
  await using fleet = await PlayFleet.open(size, { limits: { pollMs: 5_000 } });
  const instances = (await fleet.client().instances()).length;
  const all: FirstPaint[] = [];
  for (let run = 0; run < runs; run += 1) {
    const paint = await firstPaint(on, fleet, instances);
    process.stdout.write(`${JSON.stringify(paint)}\n`);
    all.push(paint);
  }
  return { instances, all };
}

/** Milliseconds of each frame, run by run. */
async function scrollOften(on: Browser): Promise<Record<Speed, readonly (readonly number[])[]>> {
  await using fleet = await PlayFleet.open({ hosts: 1, guestsPerHost: 2 });
  const { page: shown } = await watchedPage(on, fleet.url);
  await answerLargely(shown, fleet, large);
  await shown.goto(fleet.url);
  await signIn(shown, 'admin', fleet.password);
  await shown.getByText(`${large.instances} instances`).first().waitFor({ timeout: 120_000 });
  await shown.getByRole('button', { name: 'Expand all' }).click();
  await shown.waitForTimeout(2_000);
  const scrolled = async (speed: Speed): Promise<readonly number[]> => {
    await shown.evaluate(`document.querySelector('[role="rowgroup"]').scrollTop = 0`);
    await shown.waitForTimeout(500);
    const frames = await shown.evaluate<number[]>(scrollThrough(speeds[speed]));
    process.stdout.write(
      `${speed}: median ${median(frames).toFixed(1)} ms, 95 % ${percentile(frames, 95).toFixed(1)} ms\n`,
    );
    return frames;
  };
  const all = { wheel: [] as (readonly number[])[], bar: [] as (readonly number[])[] };
  for (let run = 0; run < runs; run += 1) {
    all.wheel.push(await scrolled('wheel'));
    all.bar.push(await scrolled('bar'));
  }
  return all;
}

function table(
  { instances, all: paints }: Awaited<ReturnType<typeof paintOften>>,
  frames: Record<Speed, readonly (readonly number[])[]>,
): string {
  const late = (speed: Speed): string =>
    ms(frames[speed].map((run) => (run.filter((one) => one > lateMs).length / run.length) * 100)).replaceAll(
      ' ms',
      ' %',
    );
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const fleet = `${instances.toLocaleString('en')} instances on ${size.hosts} hosts`;
  const many = `${large.instances.toLocaleString('en')} instances on ${large.hosts.toLocaleString('en')} hosts`;
  return [
    `${new Date().toISOString().slice(0, 10)}, ${machine}, chromium of Debian without a graphics card, on the machine of the controller; median of ${runs} (least to most), load average ${load.toFixed(1)} when it began.`,
    '',
    '| what | measured | goal |',
    '|---|---|---|',
    `| largest contentful paint, ${fleet}, nothing cached | ${ms(paints.map(({ largestMs }) => largestMs))} | ${goals.largestMs} ms |`,
    `| the first hosts are there | ${ms(paints.map(({ hostsMs }) => hostsMs))} | |`,
    `| all instances are there | ${ms(paints.map(({ allMs }) => allMs))} | |`,
    `| a frame while ${many} are scrolled with a fast wheel (${speeds.wheel} pixels a frame) | ${ms(frames.wheel.map(median), 1)} | ${goals.frameMs.toFixed(1)} ms |`,
    `| frames of it that were late | ${late('wheel')} | |`,
    `| a frame while the bar is dragged (${speeds.bar} pixels a frame: all rows are new) | ${ms(frames.bar.map(median), 1)} | |`,
  ].join('\n');
}

/** The value that so many per cent are at or below. */
function percentile(values: readonly number[], percent: number): number {
  const at = Math.max(0, Math.ceil((percent / 100) * values.length) - 1);
  return values.toSorted((one, other) => one - other)[at] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The middle of some runs, with the least and the most. */
function ms(values: readonly number[], digits = 0): string {
  return `${median(values).toFixed(digits)} ms (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
}

function writeInto(text: string): void {
  process.stdout.write(`\n${text}\n`);
  const [before, rest] = readFileSync(page, 'utf8').split(marks.begin);
  const after = rest?.split(marks.end)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
  writeFileSync(page, `${before}${marks.begin}\n${text}\n${marks.end}${after}`);
}
