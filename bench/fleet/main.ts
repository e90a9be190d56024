import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  defaultPlanOptions,
  type FleetPlan,
  type FleetState,
  makePlan,
  type PlanGoal,
  type PlanOptions,
} from '@ferry/model';
import { median } from '../median.ts';
import { generateFleet } from './generate-fleet.ts';
import { readInstance } from './read-instance.ts';

/**
 * A plan that is made several times over; `most` is what it may take of a processor, s. By the clock it takes as long where
 * nobody else uses the machine.
 */
interface Case {
  readonly name: string;
  readonly state: () => FleetState;
  readonly goal: (state: FleetState) => PlanGoal;
  readonly options?: Partial<PlanOptions>;
  readonly most: number;
}

interface Row {
  readonly name: string;
  /** Of a processor, and by the clock. */
  readonly seconds: number;
  readonly clockSeconds: number;
  readonly most: number;
  readonly plan: FleetPlan;
}

const turns = 3;
const page = join(import.meta.dirname, '../../docs/fleet-plans.md');
const marks = { begin: '<!-- bench-fleet begins -->', end: '<!-- bench-fleet ends -->' };
/** What the process may take at its most, GiB. */
const mostGib = 1.5;

const first =
  (many: number) =>
  ({ hosts }: FleetState): string[] =>
    hosts.slice(0, many).map(({ id }) => id);

const generated: readonly Case[] = [
  {
    name: 'drain 1 host of 10,000 with 200,000 guests',
    state: () => generateFleet({ hosts: 10_000, guests: 200_000, seed: 1 }),
    goal: (state) => ({ kind: 'drain', hostIds: first(1)(state) }),
    most: 2,
  },
  {
    name: 'drain 250 hosts of 5,000 with 15,000 guests',
    state: () => generateFleet({ hosts: 5000, guests: 15_000, seed: 2 }),
    goal: (state) => ({ kind: 'drain', hostIds: first(250)(state) }),
    most: 60,
  },
  {
    name: 'drain 250 hosts of 5,000 with 100,000 guests',
    state: () => generateFleet({ hosts: 5000, guests: 100_000, seed: 3 }),
    goal: (state) => ({ kind: 'drain', hostIds: first(250)(state) }),
    most: 60,
  },
  {
    name: 'balance 1,000 hosts with 20,000 guests',
    state: () => generateFleet({ hosts: 1000, guests: 20_000, seed: 4 }),
    goal: () => ({ kind: 'balance', groups: [], onContentionOnly: false }),
    most: 60,
  },
  {
    name: 'upgrade 1,000 hosts with 20,000 guests, one at a time',
    state: () => generateFleet({ hosts: 1000, guests: 20_000, seed: 5 }),
    goal: (state) => ({ kind: 'upgrade', hostIds: first(1000)(state) }),
    most: 60,
  },
  {
    name: 'upgrade 1,000 hosts with 20,000 guests, 20 at a time',
    state: () => generateFleet({ hosts: 1000, guests: 20_000, seed: 5 }),
    goal: (state) => ({ kind: 'upgrade', hostIds: first(1000)(state) }),
    options: { hostsAtOnce: 20 },
    most: 60,
  },
];

/** The public instances of a folder, each with the drain of the hosts that are to be off. */
function publicCases(folder: string | undefined): Case[] {
  if (folder === undefined || folder === '') return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .toSorted()
    .map((name) => ({
      name: `${name.replace('.json.gz', '')}: drain 250 hosts of 5,000`,
      state: () => readInstance(join(folder, name)).state,
      goal: () => ({ kind: 'drain', hostIds: readInstance(join(folder, name)).hostIds }),
      most: 60,
    }));
}

function measure({ name, state, goal, options, most }: Case): Row {
  const fleet = state();
  const wanted = goal(fleet);
  const times: number[] = [];
  const clock: number[] = [];
  let plan: FleetPlan | undefined;
  for (let turn = 0; turn < turns; turn += 1) {
    // A copy: nothing that was kept for the same state counts.
    const copy = { ...fleet };
    const began = performance.now();
    const used = process.cpuUsage();
    plan = makePlan(copy, wanted, { ...defaultPlanOptions, ...options });
    const { user, system } = process.cpuUsage(used);
    times.push((user + system) / 1e6);
    clock.push((performance.now() - began) / 1000);
  }
  if (plan === undefined) throw new Error('no plan was made');
  for (const { hostId, limitBytes, points } of plan.memory)
    for (const [place, { bytes }] of points.entries())
      if (bytes > limitBytes && bytes > (points[place - 1]?.bytes ?? bytes))
        throw new Error(`${name}: host ${hostId} gets ${bytes} bytes and has ${limitBytes}`);
  return { name, seconds: median(times), clockSeconds: median(clock), most, plan };
}

function line({ name, seconds, clockSeconds, most, plan }: Row): string {
  const moves = plan.steps.filter(({ action }) => action.kind === 'move').length;
  const ratio = plan.lowerBound.ms > 0 ? (plan.totalMs / plan.lowerBound.ms).toFixed(2) : 'nothing to do';
  return `| ${name} | ${seconds.toFixed(2)} s (may take ${most} s) | ${clockSeconds.toFixed(2)} s | ${moves} | ${plan.blockers.length} | ${minutes(plan.totalMs)} | ${minutes(plan.lowerBound.ms)} | ${ratio} |`;
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}

function run(): void {
  const rows: Row[] = [];
  for (const one of [...generated, ...publicCases(process.env.FLEET_INSTANCES)]) {
    const row = measure(one);
    rows.push(row);
    process.stdout.write(`${line(row)} ${row.plan.lowerBound.because}\n`);
  }
  const gib = process.resourceUsage().maxRSS / 1024 ** 2;
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const table = [
    `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}; median of ${turns}; at most ${gib.toFixed(2)} GiB of memory, the states of the fleets included (may take ${mostGib} GiB).`,
    '',
    '| plan | made in, of a processor | by the clock | moves | blockers | takes | lower bound | takes ÷ bound |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(line),
  ].join('\n');
  const text = readFileSync(page, 'utf8');
  const [before = '', rest = ''] = text.split(marks.begin);
  const after = rest.split(marks.end)[1] ?? '';
  writeFileSync(page, `${before}${marks.begin}\n${table}\n${marks.end}${after}`);
  process.stdout.write(`${table}\n`);
  const late = rows.filter(({ seconds, most }) => seconds > most);
  if (late.length > 0 || gib > mostGib) process.exitCode = 1;
}

run();
