import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import { type Controller, startController } from '@ferry/controller';
import { SimulatedHypervisor, type SimulatedWorld } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';
import { CuttableWay } from '../postgres/cuttable-way.ts';

const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A controller of a load run, with a data directory of its own; it can be killed and started again. */
export class LoadController implements AsyncDisposable {
  readonly #world: SimulatedWorld;
  readonly #way: CuttableWay | null;
  readonly #leaseMs: number;
  readonly #dataDirectory = mkdtempSync(join(temporary, 'ferry-load-'));
  #controller: Controller | null = null;

  private constructor(world: SimulatedWorld, way: CuttableWay | null, leaseMs: number) {
    this.#world = world;
    this.#way = way;
    this.#leaseMs = leaseMs;
  }

  /** `database`: of PostgreSQL; null for a file of its own. */
  static async start(
    world: SimulatedWorld,
    database: string | null,
    leaseMs: number,
  ): Promise<LoadController> {
    const way = database === null ? null : await CuttableWay.to(database);
    const controller = new LoadController(world, way, leaseMs);
    await controller.run();
    return controller;
  }

  get client(): FerryClient {
    const token = readFileSync(join(this.#dataDirectory, 'admin.token'), 'utf8').trim();
    return new FerryClient({ url: this.#controller?.socketUrl ?? 'unix:/nowhere', token });
  }

  async run(): Promise<void> {
    this.#way?.mend();
    this.#controller = await startController({
      dataDirectory: this.#dataDirectory,
      database: this.#way?.url ?? null,
      listen: null,
      hypervisor: new SimulatedHypervisor(this.#world),
      leaseMs: this.#leaseMs,
      log: pino({ level: process.env['FERRY_TEST_LOG'] ?? 'silent' }),
    });
  }

  /** Without the database it can give nothing free: what it was at is for others once its leases are over. */
  async kill(): Promise<void> {
    this.#way?.cut();
    await this.#controller?.stop(0).catch(() => undefined);
    this.#controller = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#way?.[Symbol.asyncDispose]();
    rmSync(this.#dataDirectory, { recursive: true, force: true });
  }
}
