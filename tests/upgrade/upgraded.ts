import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type EventBody, FerryClient } from '@ferry/api';
import { type Controller, startController } from '@ferry/controller';
import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';
import { leastPasswordWork, until } from '../sim/world.ts';
import type { Fixture } from './fixture-file.ts';
import { loadDump } from './sql-dump.ts';
import { restoreWorld } from './world-json.ts';

// In memory where there is such a place: each commit of the store is a full sync.
const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Today's controller on what a former version left. */
export class Upgraded implements AsyncDisposable {
  readonly world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  readonly folder: string = mkdtempSync(join(temporary, 'ferry-upgrade-'));
  #controller: Controller | null = null;

  static async of(
    { sql, world, images }: Fixture,
    prepare: (world: SimulatedWorld) => void = () => undefined,
  ): Promise<Upgraded> {
    const upgraded = new Upgraded();
    try {
      restoreWorld(upgraded.world, world);
      prepare(upgraded.world);
      loadDump(sql, join(upgraded.folder, 'ferry.db'));
      upgraded.#fillLibrary(images);
      await upgraded.#start();
      return upgraded;
    } catch (error) {
      await upgraded[Symbol.asyncDispose]();
      throw error;
    }
  }

  #fillLibrary(images: Fixture['images']): void {
    const directory = join(this.folder, 'images', 'sha256');
    mkdirSync(directory, { recursive: true });
    for (const [name, bytes] of Object.entries(images))
      writeFileSync(join(directory, name), Buffer.from(bytes, 'base64'));
  }

  async #start(): Promise<void> {
    this.#controller = await startController({
      dataDirectory: this.folder,
      listen: null,
      hypervisor: new SimulatedHypervisor(this.world),
      log: pino({ level: 'silent' }),
      limits: { pollMs: 10, aliveMs: 2_000, copyRetryMs: 5 },
      resumeIntervalMs: 50,
      passwordWork: leastPasswordWork,
      // What a former version left grows old: it is looked at here however long ago that was.
      eventsKeptMs: null,
      operationsKeptMs: null,
      migrationsKeptMs: null,
    });
  }

  get client(): FerryClient {
    const token = readFileSync(join(this.folder, 'admin.token'), 'utf8').trim();
    return new FerryClient({ url: this.#controller?.socketUrl ?? '', token });
  }

  /** Rows of today's database. */
  rows(query: string): Readonly<Record<string, unknown>>[] {
    const database = new DatabaseSync(join(this.folder, 'ferry.db'), { readOnly: true });
    try {
      return database.prepare(query).all();
    } finally {
      database.close();
    }
  }

  /** Waits until nothing is left to do for any operation. */
  async quiet(): Promise<void> {
    const open = "SELECT workflow FROM operation WHERE state = 'open'";
    await until('no operation is open', () => (this.rows(open).length === 0 ? true : null));
  }

  /** All events so far, from the very first on. */
  async history(): Promise<EventBody[]> {
    const [newest] = this.rows('SELECT max(sequence) AS newest FROM event');
    const events: EventBody[] = [];
    const gone = new AbortController();
    for await (const event of this.client.events(0, gone.signal)) {
      events.push(event);
      if (event.sequence === newest?.['newest']) break;
    }
    gone.abort();
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller?.stop();
    rmSync(this.folder, { recursive: true });
  }
}
