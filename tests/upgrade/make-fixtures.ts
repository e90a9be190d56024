import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FixtureFile } from './fixture-file.ts';
import { sqlDump } from './sql-dump.ts';
import { worldJson } from './world-json.ts';

/**
 * Writes the fixtures of a former version: databases with a migration that was cut short, and the hosts as they stood
 * then. `node tests/upgrade/make-fixtures.ts CHECKOUT`, where CHECKOUT is that version with its npm packages. See README.md.
 */
const checkout = resolve(process.argv[2] ?? '.');
const require = createRequire(join(checkout, 'package.json'));
const operations = 'packages/controller/src/operations';

/** Parts of the former version, by path: nothing is known of their types. */
// oxlint-disable-next-line typescript/no-explicit-any
type Any = any;
async function former(path: string): Promise<Any> {
  return import(pathToFileURL(join(checkout, path)).href);
}

const { Store } = await former('packages/controller/src/store/store.ts');
const { addHost } = await former(`${operations}/add-host.ts`);
const { adoptInstance } = await former(`${operations}/adopt-instance.ts`);
const { submitMove } = await former(`${operations}/submit-move.ts`);
const { liveMigrateWorkflow } = await former(`${operations}/live-migrate/workflow.ts`);
const { coldMigrateWorkflow } = await former(`${operations}/cold-migrate/workflow.ts`);
const { concludeMove } = await former(`${operations}/conclude-move.ts`);
const { KeyedLock } = await former(`${operations}/shared/keyed-lock.ts`);
const { ProbeKeeper } = await former(`${operations}/shared/connectivity/probe-keeper.ts`);
const { defaultLimits } = await former(`${operations}/shared/services.ts`);
const { SimulatedWorld, SimulatedHypervisor } = await former('packages/hypervisor/src/simulated/index.ts');
const { run } = await former('packages/workflow/src/index.ts');
const { pino } = require('pino');

const id = '22222222-2222-4222-8222-000000000001';
const mebibyte = 1024 * 1024;

interface Case {
  readonly name: string;
  readonly kind: 'live-migration' | 'cold-migration';
  readonly directory: '/shared' | '/images';
  /** A call that is refused for good. */
  readonly refused?: { readonly host: string; readonly method: string };
}

const cases: readonly Case[] = [
  { name: 'live-peer', kind: 'live-migration', directory: '/shared' },
  { name: 'live-managed', kind: 'live-migration', directory: '/images' },
  { name: 'cold', kind: 'cold-migration', directory: '/images' },
  {
    name: 'live-undone',
    kind: 'live-migration',
    directory: '/images',
    refused: { host: 'compute12', method: 'migration.prepare' },
  },
  {
    name: 'cold-undone',
    kind: 'cold-migration',
    directory: '/images',
    refused: { host: 'compute12', method: 'domains.ensureDefined' },
  },
  {
    name: 'live-blocked',
    kind: 'live-migration',
    directory: '/images',
    refused: { host: 'compute11', method: 'domains.ensureRemainsGone' },
  },
];

for (const one of cases) {
  const fixture = new FixtureFile();
  // The first run is for the number of records; each other one stops after one of those that begin something.
  const records = await stopAfter(one, Number.POSITIVE_INFINITY);
  for (const [number, kind] of records.entries()) {
    const isLast = number === records.length - 1;
    const begins = kind.startsWith('step-started') || kind.startsWith('undo-started');
    const wanted = one.refused === undefined ? begins : kind.startsWith('undo-started') || isLast;
    if (wanted) await stopAfter(one, number + 1, fixture);
  }
  const to = join(import.meta.dirname, 'fixtures', fixture.version);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, `${one.name}.json`), fixture.text);
}

/** Runs it until so many records are written and the work of the last one is done; the kinds of all its records. */
async function stopAfter(given: Case, count: number, into: FixtureFile | null = null): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-former-'));
  const path = join(folder, 'ferry.db');
  const world = makeWorld(given);
  const store = await Store.open(path);
  const services: Any = {
    store,
    hypervisor: new SimulatedHypervisor(world),
    log: pino({ level: 'silent' }),
    limits: { ...defaultLimits, pollMs: 5, aliveMs: 2_000, copyPieceBytes: 256, copyRetryMs: 1 },
    images: new KeyedLock(),
    hostChanges: new KeyedLock(),
    probes: new ProbeKeeper(),
  };
  try {
    for (const name of ['compute11', 'compute12']) await addHost(services, { uri: `simulated://${name}/` });
    await adoptInstance(services, { host: 'compute11', domain: id });
    const migration = await submitMove(services, 'admin', id, request(given.kind));
    const operation = await store.operations.byId(migration.id);
    const { refused } = given;
    if (refused !== undefined) world.faults.plan(refused.host, refused.method, 'refuse', 1_000);
    const records: string[] = [];
    const log = {
      append: async (record: Any): Promise<void> => {
        if (records.length === count) throw new Error('stopped here');
        await store.operations.append(record);
        records.push(`${record.entry.kind} ${record.entry.step ?? ''}`.trim());
      },
      read: (operationId: string): Any => store.operations.read(operationId),
      unfinished: (): Any => store.operations.unfinished(),
    };
    const workflow = given.kind === 'live-migration' ? liveMigrateWorkflow : coldMigrateWorkflow;
    const options = { retry: () => 'give-up' };
    const result: Any = await run(workflow, migration.id, operation.input, services, log, options).catch(
      () => null,
    );
    if (result !== null && count !== Number.POSITIVE_INFINITY)
      await concludeMove(store, migration.id, operation.input, result);
    await store.close();
    const same = alike(migration.id);
    into?.add(`${records.length} ${records.at(-1)}`, same(sqlDump(path)), worldJson(world));
    return records;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same in each run, so that the fixtures of a version differ in what was done and in nothing else. */
function alike(migrationId: string): (text: string) => string {
  return (text) =>
    text
      .replaceAll(migrationId, '33333333-3333-4333-8333-000000000001')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-01-01T00:00:00.000Z');
}

function makeWorld({ directory }: Case): Any {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  const shared = new Map();
  for (const name of ['compute11', 'compute12']) world.addHost(name, { shared: { '/shared': shared } });
  const files = world.host('compute11').directories.get(directory);
  const image = { format: 'qcow2', capacityBytes: mebibyte, backing: null, owner: null };
  files.set('base.qcow2', { ...image, content: 'base' });
  const backing = { path: `${directory}/base.qcow2`, format: 'qcow2' };
  files.set('web.qcow2', { ...image, backing, content: 'what the guest wrote' });
  world.addDomain(
    'compute11',
    `<domain type='qemu'><name>web</name><uuid>${id}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os><devices>
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${directory}/web.qcow2'/><target dev='vda'/></disk>
  </devices></domain>`,
  );
  return world;
}

function request(kind: Case['kind']): unknown {
  return {
    kind,
    host: 'compute12',
    bandwidthBytesPerSecond: null,
    maxDowntimeMs: null,
    blockMigration: 'auto',
    shutdownTimeoutMs: 1_000,
    networkMap: {},
    defineNetworks: true,
    poolMap: {},
    pathMap: {},
    definePools: true,
    sharedDevices: [],
    probe: null,
    announce: true,
    warm: false,
  };
}
