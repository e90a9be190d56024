import { cpus, totalmem } from 'node:os';
import { PrivatePostgres } from '../postgres/private-postgres.ts';
import { type Load, runLoad } from './run-load.ts';

/**
 * Many live migrations that are asked for at once, on simulated hosts: on SQLite with one controller, and on PostgreSQL
 * with two, of which one is killed again and again. Every guest ends on the host that its record names, and runs nowhere else.
 */
const migrations = Number(process.env['BENCH_MIGRATIONS'] ?? 500);
/** How long each step of a transfer lasts; longer ones show what a move writes while it goes on. */
const stepMs = Number(process.env['BENCH_STEP_MS'] ?? 20);
const leaseMs = 3_000;

const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}; ${migrations} live migrations at once, half of them with disks of their own\n\n`,
);
process.stdout.write(
  '| database | controllers | one is killed (SIGKILL) | accepted in | all over in | operations a second | ended as | in the right place | rows written | left in the database |\n|---|---|---|---|---|---|---|---|---|---|\n',
);
await row('SQLite', 1, { migrations, database: null, killEachMs: null, leaseMs, stepMs });
for (const killEachMs of [null, 20_000, 5_000]) {
  await using postgres = await PrivatePostgres.start();
  await row('PostgreSQL', 2, { migrations, database: postgres.url, killEachMs, leaseMs, stepMs });
}

async function row(name: string, controllers: number, load: Load): Promise<void> {
  const result = await runLoad(load);
  const ended = Object.entries(result.statuses).map(([status, count]) => `${count} ${status}`);
  const each = ((load.migrations * 1000) / result.allOverMs).toFixed(1);
  const cells = [
    name,
    controllers,
    load.killEachMs === null ? 'never' : `each ${seconds(load.killEachMs)}: ${result.kills} times`,
    seconds(result.acceptedMs),
    seconds(result.allOverMs),
    each,
    ended.join(', '),
    `${result.atHome} of ${load.migrations}; most hosts for one guest: ${result.maxRunners}`,
    result.rowsWritten ?? 'not counted',
    `${result.left.claims} claims, ${result.left.operations} operations`,
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
