import { HostAuthority } from '../configure/host-authority.ts';
import { allWorkflows } from '../all-workflows.ts';
import type { Hypervisor } from '@ferry/hypervisor';
import { HostDirectories } from '../hosts/host-directories.ts';
import { HostUris } from '../hosts/host-uris.ts';
import { HostsFile } from '../hosts/hosts-file.ts';
import { ImageFiles } from '../image-library/image-files.ts';
import { SimulatedHypervisor, type SimulatedWorld } from '@ferry/hypervisor/simulated';
import { backOff } from '@ferry/workflow';
import { pino } from 'pino';
import { watchHosts } from '../../reconcilers/watch-hosts.ts';
import type { Store } from '../../store/store.ts';
import { LeaseKeeper } from '../engine/lease-keeper.ts';
import { OperationRunner } from '../engine/operation-runner.ts';
import { ProbeKeeper } from '../facts/connectivity/probe-keeper.ts';
import { ExpiringCache } from '../engine/expiring-cache.ts';
import { ControllerLocks } from '../engine/controller-locks.ts';
import { KeyedLock } from '../engine/keyed-lock.ts';
import { PlanRunner } from '../plans/plan-runner.ts';
import { defaultLimits, type Services } from '../engine/services.ts';
import { gated } from './gated.test-support.ts';

const leaseMs = 10_000;
const intervalsMs = { renew: leaseMs / 4, watch: 10_000, resume: 15_000, plan: 2_000 };

/** What a controller of a schedule is made of. */
export interface ControllerParts {
  readonly world: SimulatedWorld;
  readonly store: Store;
  /** Nobody else works on the database. */
  readonly alone: boolean;
  /** Told of each call to the database; throws what the caller is to see, before or after the work. */
  readonly database: (name: string, work: () => unknown) => Promise<unknown>;
  /** Whether it carries out plans. */
  readonly plans?: boolean;
  /** Changes what a controller sees of hosts: for variants that are known to be bad. */
  readonly distort?: (hypervisor: Hypervisor) => Hypervisor;
}

/** A controller without its doors, as a process: it can be killed at any of its calls, and then does nothing any more. */
export class SimulatedController {
  readonly services: Services;
  readonly runner: OperationRunner;
  readonly #parts: ControllerParts;
  readonly #leases: LeaseKeeper;
  readonly #opened = new Set<{ close(): unknown }>();
  readonly #timers: NodeJS.Timeout[] = [];
  #dead = false;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    const { world, store, database, distort = (one) => one } = parts;
    const opened = (one: { close(): unknown }): void => void this.#opened.add(one);
    const hosts = gated(new SimulatedHypervisor(world), (_, work) => this.#live(work), opened);
    const kept = gated(store, (name, work) => this.#live(() => database(name, work)), opened);
    const hypervisor = distort(hosts);
    this.services = {
      store: kept,
      hypervisor,
      directories: new HostDirectories(hypervisor, kept, defaultLimits.inspectMs),
      hostUris: new HostUris(new HostsFile('/nowhere'), () => []),
      log: pino({ level: 'silent' }),
      limits: { ...defaultLimits, unknownMs: 30_000, copyPieceBytes: 96 },
      imageLocks: new KeyedLock(),
      hostChanges: new KeyedLock(),
      linkTurns: new KeyedLock(),
      probes: new ProbeKeeper(),
      library: new ImageFiles('/nowhere'),
      hostAuthority: new HostAuthority('/nowhere'),
      diskLocks: new ExpiringCache(10 * 60_000),
      directoryNames: new ExpiringCache(10 * 60_000),
    };
    this.#leases = new LeaseKeeper(this.services.store.operations, leaseMs);
    const retry = backOff({ firstMs: 500, longestMs: 5_000, attempts: 3 });
    this.runner = new OperationRunner(this.services, this.#leases, allWorkflows, { retry });
  }

  /** As a process does when it starts. */
  async start(): Promise<void> {
    if (this.#parts.alone) await ignored(this.services.store.operations.releaseAll());
    await ignored(this.runner.takeOver());
    if (this.#dead) return;
    this.#every(intervalsMs.renew, () => this.#leases.renew());
    this.#every(intervalsMs.renew, () => this.runner.takeOver());
    this.#every(intervalsMs.watch, () => watchHosts(this.services));
    if (this.#parts.plans === true) {
      const { store, log } = this.services;
      const locks = new ControllerLocks(store.locks, log, leaseMs * 1.5, 'plan');
      const plans = new PlanRunner(this.services, (id) => this.runner.start(id), locks);
      this.#every(intervalsMs.plan, () => plans.round());
    }
    this.#every(intervalsMs.resume, () => {
      this.runner.resumeWaiting();
      return Promise.resolve();
    });
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Killed: no call of it ends any more, and its connections to hosts break. */
  kill(): void {
    this.#dead = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const one of this.#opened) one.close();
  }

  #every(ms: number, work: () => Promise<void>): void {
    let busy = false;
    this.#timers.push(
      setInterval(() => {
        if (busy) return;
        busy = true;
        void ignored(work()).finally(() => {
          busy = false;
        });
      }, ms),
    );
  }

  async #live(work: () => unknown): Promise<unknown> {
    if (this.#dead) return never();
    try {
      return await work();
    } finally {
      // Whatever the answer is, nobody is there to hear it.
      if (this.#dead) await never();
    }
  }
}

/** What fails now is tried again by itself. */
async function ignored(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
