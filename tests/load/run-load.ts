import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type FerryClient } from '@ferry/api';
import { heldInDatabase, rowsWritten } from '@ferry/controller/fault-database';
import type { SimulatedWorld } from '@ferry/hypervisor/simulated';
import { LoadController } from './load-controller.ts';
import { loadHosts } from './load-hosts.ts';

/** What is asked of a load run. */
export interface Load {
  readonly migrations: number;
  /** A database on PostgreSQL, for two controllers; null: SQLite, and one. */
  readonly database: string | null;
  /**
   * The first controller is killed when half of the migrations are accepted, and then each time so long after it came
   * back, which it does a lease later; null: never.
   */
  readonly killEachMs: number | null;
  readonly leaseMs: number;
  /** How long each step of a transfer lasts; 20 ms unless said. */
  readonly stepMs?: number;
}

/** What came of it. */
export interface LoadResult {
  readonly acceptedMs: number;
  readonly allOverMs: number;
  readonly kills: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Guests that run on the host that their record names, and there alone. */
  readonly atHome: number;
  /** What is left in the database: claims of memory, and operations that are open. */
  readonly left: { readonly claims: number; readonly operations: number };
  /** Rows that the database wrote from the first request to the end of all; null on SQLite, which does not count them. */
  readonly rowsWritten: number | null;
  /** Most hosts that one guest was seen to run on at a time. */
  readonly maxRunners: number;
}

const requestsAtOnce = 16;

/** Asks for all migrations at once and waits until each is over. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { world, ids } = loadHosts(load.migrations, load.stepMs ?? 20);
  await using stack = new AsyncDisposableStack();
  const start = async (keyFile: string | null = null): Promise<LoadController> =>
    stack.use(await LoadController.start(world, { ...load, keyFile }));
  const first = await start();
  // The last one is never killed: it is asked for the state of all.
  const last = load.database === null ? first : await start(first.keyFile);
  for (const name of ['compute11', 'compute12']) await last.client.addHost({ uri: `simulated://${name}/` });
  await inTurns(ids, (id) => last.client.adoptInstance({ host: 'compute11', domain: id }));
  let maxRunners = 0;
  const look = setInterval(() => {
    for (const id of ids) maxRunners = Math.max(maxRunners, world.runners(id).length);
  }, 5);
  stack.defer(() => clearInterval(look));

  const rows = (): Promise<number> =>
    load.database === null ? Promise.resolve(0) : rowsWritten(load.database);
  const rowsBefore = await rows();
  const startedAt = performance.now();
  const over = new AbortController();
  const half = Promise.withResolvers<void>();
  const killing = half.promise.then(() => killAgain(first, load, over.signal));
  let accepted = 0;
  await inTurns(ids, async (id, number) => {
    await migrate(id, number % 2 === 0 ? first : last, last);
    accepted += 1;
    if (accepted * 2 >= load.migrations) half.resolve();
  });
  const acceptedMs = performance.now() - startedAt;
  const statuses = await whenAllOver(last.client, load.migrations);
  const allOverMs = performance.now() - startedAt;
  over.abort();
  const kills = await killing;
  // The server's statistics are a moment behind.
  await sleep(2_000);
  const written = load.database === null ? null : (await rows()) - rowsBefore;
  const { claims, openOperations } = await heldInDatabase(last.where);
  return {
    acceptedMs,
    allOverMs,
    kills,
    statuses,
    atHome: await atHome(last.client, world),
    left: { claims: claims.length, operations: openOperations.length },
    rowsWritten: written,
    maxRunners,
  };
}

async function killAgain(controller: LoadController, load: Load, over: AbortSignal): Promise<number> {
  const { killEachMs, leaseMs } = load;
  if (killEachMs === null) return 0;
  for (let kills = 1; ; kills += 1) {
    await controller.kill();
    await sleep(leaseMs);
    await controller.run();
    const stillOn = await sleep(killEachMs, true, { signal: over }).catch(() => false);
    if (!stillOn) return kills;
  }
}

/** A controller that dies with a request may have accepted it: whoever asks the other one then hears that it is under way. */
async function migrate(id: string, asked: LoadController, other: LoadController): Promise<void> {
  const body = { kind: 'live-migration', host: 'compute12' } as const;
  try {
    await asked.client.migrate(id, body);
  } catch (error) {
    if (asked === other) throw error;
    await other.client.migrate(id, body).catch((refusal: unknown) => {
      if (!(refusal instanceof ApiError && accepted.has(refusal.code))) throw refusal;
    });
  }
}

/** Under way, or over already: the guest is there. */
const accepted: ReadonlySet<string> = new Set(['instance-busy', 'checks-failed']);

/** How many ended as what. */
async function whenAllOver(client: FerryClient, count: number): Promise<Record<string, number>> {
  for (;;) {
    const migrations = await client.migrations();
    const done = migrations.filter((one) => one.finishedAt !== null);
    if (done.length === count) return Object.fromEntries(countBy(done.map((one) => one.status)));
    await sleep(200);
  }
}

function countBy(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

async function atHome(client: FerryClient, world: SimulatedWorld): Promise<number> {
  const instances = await client.instances();
  return instances.filter(({ id, host }) => world.runners(id).join() === host).length;
}

/** So many at a time: each in its turn. */
async function inTurns<T>(
  items: readonly T[],
  work: (item: T, number: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [number, item] of rest) await work(item, number);
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
}
