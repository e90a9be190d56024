import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { globSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { FerryClient } from '@ferry/api';
import { type Controller, startController } from '@ferry/controller';
import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { until } from '../sim/world.ts';
import { type Fixture, FixtureFile } from './fixture-file.ts';
import { loadDump } from './sql-dump.ts';
import { restoreWorld } from './world-json.ts';

const id = '22222222-2222-4222-8222-000000000001';
const fixtures = join(import.meta.dirname, 'fixtures');

/** Today's controller on what a former version left. */
class Upgraded implements AsyncDisposable {
  readonly world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  readonly folder: string = mkdtempSync(join(tmpdir(), 'ferry-upgrade-'));
  #controller: Controller | null = null;

  static async of(
    { sql, world }: Fixture,
    prepare: (world: SimulatedWorld) => void = () => undefined,
  ): Promise<Upgraded> {
    const upgraded = new Upgraded();
    try {
      restoreWorld(upgraded.world, world);
      prepare(upgraded.world);
      loadDump(sql, join(upgraded.folder, 'ferry.db'));
      await upgraded.#start();
      return upgraded;
    } catch (error) {
      await upgraded[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(): Promise<void> {
    this.#controller = await startController({
      dataDirectory: this.folder,
      listen: null,
      hypervisor: new SimulatedHypervisor(this.world),
      log: pino({ level: 'silent' }),
      limits: { pollMs: 10, aliveMs: 2_000, copyRetryMs: 5 },
      resumeIntervalMs: 50,
    });
  }

  get client(): FerryClient {
    const token = readFileSync(join(this.folder, 'admin.token'), 'utf8').trim();
    return new FerryClient({ url: this.#controller?.socketUrl ?? '', token });
  }

  /** Waits until nothing is left to do for any operation. */
  async quiet(): Promise<void> {
    await until('no operation is open', () => {
      const database = new DatabaseSync(join(this.folder, 'ferry.db'), { readOnly: true });
      const open = database.prepare("SELECT count(*) AS open FROM operation WHERE state = 'open'").get();
      database.close();
      return open?.['open'] === 0 ? true : null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller?.stop();
    rmSync(this.folder, { recursive: true });
  }
}

describe.each(globSync('*/*.json', { cwd: fixtures }))('%s, left by a former version', (file) => {
  const stops = FixtureFile.read(join(fixtures, file));
  const ends = basename(file).includes('undone') ? ['failed', 'error'] : ['completed', 'confirmed'];

  test.each(stops)(
    'after record $stop: it is finished, the guest runs once, the history can be read',
    async (fixture) => {
      await using upgraded = await Upgraded.of(fixture);
      await upgraded.quiet();
      const [migration, ...others] = await upgraded.client.migrations();
      expect(others).toEqual([]);
      expect(ends).toContain(migration?.status);
      const home = ends.includes('failed') ? 'compute11' : 'compute12';
      const away = home === 'compute11' ? 'compute12' : 'compute11';
      expect(await upgraded.client.instance(id)).toMatchObject({
        host: home,
        taskState: null,
        migrationId: null,
      });
      expect(upgraded.world.runners(id)).toEqual([home]);
      expect([...upgraded.world.host(away).domains.keys()]).toEqual([]);
      const events: string[] = [];
      const gone = new AbortController();
      for await (const event of upgraded.client.events(0, gone.signal)) {
        events.push(event.message);
        // Of one that failed the reason follows.
        if (event.message.split(':')[0] === migration?.status) break;
      }
      gone.abort();
      expect(events.some((one) => one.endsWith('accepted'))).toBe(true);
    },
  );
});

test('a transfer that a former version accepted and this one begins: the answer to Finish is lost, and the guest runs once', async () => {
  const [file = ''] = globSync('*/live-managed.json', { cwd: fixtures });
  const [accepted] = FixtureFile.read(join(fixtures, file));
  if (accepted === undefined) throw new Error('there is a fixture');
  let most = 0;
  await using upgraded = await Upgraded.of(accepted, (world) => {
    world.faults.plan('compute12', 'migration.finish', 'reply-lost');
    world.faults.afterwards = () => {
      most = Math.max(most, world.runners(id).length);
    };
  });
  await upgraded.quiet();
  expect(upgraded.world.faults.calls).toContain('compute12 migration.finish');
  expect(most).toBe(1);
  expect(upgraded.world.runners(id)).toHaveLength(1);
  expect((await upgraded.client.instance(id)).host).toBe(upgraded.world.runners(id)[0]);
});

test('a database of a newer version is not opened, and it is said why', async () => {
  const [file = ''] = globSync('*/live-peer.json', { cwd: fixtures });
  const [fixture] = FixtureFile.read(join(fixtures, file));
  if (fixture === undefined) throw new Error('there is a fixture');
  const newer = `${fixture.sql}\nINSERT INTO "kysely_migration" ("name", "timestamp") VALUES ('9999-of-tomorrow', '2030-01-01');`;
  const opened = Upgraded.of({ ...fixture, sql: newer }).then((upgraded) => upgraded[Symbol.asyncDispose]());
  await expect(opened).rejects.toMatchObject({
    code: 'no-database',
    message: expect.stringContaining('9999-of-tomorrow') as string,
  });
  await expect(opened).rejects.toThrow(/newer version of Ferry/);
});
