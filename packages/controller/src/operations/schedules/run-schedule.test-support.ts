import { moveOptions } from '@ferry/api';
import type { Hypervisor } from '@ferry/hypervisor';
import { SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { Store } from '../../store/store.ts';
import { memoryStore } from '../../store/database/test-database.test-support.ts';
import { applyPlan } from '../plans/change-plan.ts';
import { makeFleetPlan } from '../plans/make-fleet-plan.ts';
import { abortMigration } from '../move/abort-migration.ts';
import { addHost } from '../hosts/add-host.ts';
import { adoptInstance } from '../servers/adopt-instance.ts';
import { Refusal } from '../engine/refusal.ts';
import { submitMove } from '../move/submit-move.ts';
import { type Guest, settle, write } from './guests.test-support.ts';
import { brokenAtTheEnd, brokenNow } from './invariants.test-support.ts';
import { brokenPlans, openPlans } from './plan-invariants.test-support.ts';
import { hostName, hostNames, type Schedule, type ScheduledMove } from './schedule.test-support.ts';
import { SimulatedController } from './simulated-controller.test-support.ts';
import { Troubles } from './troubles.test-support.ts';
import type { VirtualPostgres } from './virtual-postgres.test-support.ts';
import { VirtualTime } from './virtual-time.test-support.ts';

/** Troubles are over after so long; then all has so long to come to its end. Simulated milliseconds. */
const troubledMs = 100_000;
const healedMs = 30 * 60_000;
/** After that, those are not waited for that tell a person why they wait. */
const patienceMs = 120_000;
const lookEachMs = 500;
const stepMs = 100;
const askAgainMs = 5_000;

/** How a schedule went. */
export interface Run {
  /** What struck and where, readable. */
  readonly script: readonly string[];
  /** Invariants that did not hold. */
  readonly broken: readonly string[];
  /** How the moves ended, for those who count. */
  readonly ends: readonly string[];
}

/** What else a schedule can run on than it usually does. */
export interface Conditions {
  /** Changes what controllers see of hosts. */
  readonly distort?: (hypervisor: Hypervisor) => Hypervisor;
  /** In the place of SQLite. */
  readonly postgres?: VirtualPostgres;
}

/** Runs a schedule from its start to rest. On SQLite the same schedule always goes the same way. */
export async function runSchedule(schedule: Schedule, conditions: Conditions = {}): Promise<Run> {
  const { postgres } = conditions;
  const store = postgres === undefined ? (await memoryStore()).store : await postgres.open();
  try {
    using time = VirtualTime.begin(() => postgres?.waiting ?? 0);
    return await new ScheduleRun(schedule, time, store, conditions).run();
  } finally {
    await (postgres?.close(store) ?? store.close());
  }
}

class ScheduleRun {
  readonly #schedule: Schedule;
  readonly #time: VirtualTime;
  readonly #store: Store;
  readonly #world = new SimulatedWorld({ kind: 'own', stepMs });
  readonly #guests: Guest[];
  readonly #troubles: Troubles;
  readonly #controllers: SimulatedController[] = [];
  readonly #withoutDatabase = new Map<number, number>();
  readonly #script: string[] = [];
  readonly #broken: string[] = [];
  readonly #ids: string[] = [];
  readonly #conditions: Conditions;
  #writes = 0;
  #submitting = 0;

  constructor(schedule: Schedule, time: VirtualTime, store: Store, conditions: Conditions) {
    this.#schedule = schedule;
    this.#time = time;
    this.#store = store;
    this.#conditions = conditions;
    this.#world.bytesPerStep = schedule.bytesPerStep;
    this.#guests = settle(this.#world, schedule);
    this.#troubles = new Troubles(schedule.strikes, {
      world: this.#world,
      ids: this.#guests.map(({ id }) => id),
      crash: (controller, forMs) => this.#crash(controller % schedule.controllers, forMs),
      cutDatabase: (controller, forMs) => this.#cutDatabase(controller % schedule.controllers, forMs),
    });
    const { faults } = this.#world;
    faults.choose = (host, method) => this.#troubles.before(host, method);
    faults.afterwards = (host, method) => {
      this.#troubles.after(host, method);
      this.#look();
    };
  }

  async run(): Promise<Run> {
    await this.#time.until(this.#begin());
    this.#troubles.arm();
    for (const move of this.#schedule.moves) this.#request(move);
    this.#requestDrain();
    await this.#time.goOn(() => this.#broken.length > 0, troubledMs);
    if (this.#broken.length === 0) await this.#heal();
    const ends: string[] = [];
    for (const id of this.#ids) {
      const migration = await this.#store.migrations.byId(id);
      ends.push(`${migration?.kind} ${migration?.status}`);
      this.#script.push(
        `${id} of ${migration?.instanceName}: ${migration?.status}, ${migration?.phase}; ${migration?.error?.message ?? ''}`,
      );
    }
    for (const one of this.#controllers) one.kill();
    return { script: [...this.#troubles.told, ...this.#script], broken: this.#broken, ends };
  }

  async #begin(): Promise<void> {
    for (let number = 0; number < this.#schedule.controllers; number += 1) await this.#start(number);
    const services = this.#controllers[0]?.services;
    if (services === undefined) throw new Error('a schedule has a controller');
    for (const name of hostNames) await addHost(services, { uri: `simulated://${name}/` });
    for (const { id } of this.#guests) await adoptInstance(services, { host: 'compute11', domain: id });
  }

  async #start(number: number): Promise<void> {
    const { distort } = this.#conditions;
    const controller = new SimulatedController({
      world: this.#world,
      store: this.#store,
      alone: this.#schedule.controllers === 1,
      plans: (this.#schedule.drainAtMs ?? null) !== null,
      database: (name, work) => this.#askDatabase(number, name, work),
      ...(distort !== undefined && { distort }),
    });
    this.#controllers[number] = controller;
    await controller.start();
  }

  /** Asks for a move when its time has come; a refusal is an answer, and a controller that is away gives none. */
  #request(move: ScheduledMove): void {
    this.#submitting += 1;
    setTimeout(() => void this.#submit(move).finally(() => (this.#submitting -= 1)), move.atMs);
  }

  async #submit({ guest, controller, kind, to, coordinated, abortAfterMs }: ScheduledMove): Promise<void> {
    const asked = this.#controllers[controller % this.#schedule.controllers];
    const { id } = this.#guests[guest % this.#guests.length] ?? {};
    if (asked === undefined || id === undefined || asked.isDead) return;
    try {
      const { id: migration } = await submitMove(asked.services, 'admin', id, {
        ...moveOptions({ shutdownTimeoutMs: 1_000, announce: true, coordinated }),
        kind,
        host: hostName(to),
        hold: false,
        resizeTo: null,
        said: [],
      });
      this.#ids.push(migration);
      asked.runner.start(migration);
      if (abortAfterMs !== null)
        setTimeout(() => void abortMigration(asked.services, migration).catch(() => undefined), abortAfterMs);
    } catch (error) {
      if (!(error instanceof Refusal) && !isTrouble(error)) throw error;
    }
  }

  /** A person makes a plan and applies it; where the controller is away or refuses, they ask again. */
  #requestDrain(): void {
    const atMs = this.#schedule.drainAtMs ?? null;
    if (atMs === null) return;
    this.#submitting += 1;
    const ask = async (): Promise<void> => {
      const [first] = this.#controllers;
      if (first === undefined || first.isDead || !(await drain(first.services).catch(isAnswer)))
        setTimeout(() => void ask(), askAgainMs);
      else this.#submitting -= 1;
    };
    setTimeout(() => void ask(), atMs);
  }

  #crash(number: number, forMs: number): void {
    const controller = this.#controllers[number];
    if (controller === undefined || controller.isDead) return;
    controller.kill();
    setTimeout(() => {
      if (controller === this.#controllers[number]) void this.#start(number);
    }, forMs);
  }

  #cutDatabase(number: number, forMs: number): void {
    this.#withoutDatabase.set(
      number,
      Math.max(this.#withoutDatabase.get(number) ?? 0, this.#time.nowMs + forMs),
    );
  }

  async #askDatabase(number: number, name: string, work: () => unknown): Promise<unknown> {
    if ((this.#withoutDatabase.get(number) ?? 0) > this.#time.nowMs) throw new DatabaseTrouble('is away');
    const fault = this.#troubles.before(`database of controller ${number},`, name);
    if (fault === 'unreachable' || fault === 'refuse' || fault === 'hang') throw new DatabaseTrouble(fault);
    await this.#conditions.postgres?.setTime(this.#store, Date.now());
    const result = await work();
    this.#troubles.after(`database of controller ${number},`, name);
    this.#look();
    if (fault !== null) throw new DatabaseTrouble(fault);
    return result;
  }

  /** All is well from here on, and it is waited until nothing is left to do. */
  async #heal(): Promise<void> {
    this.#troubles.disarm();
    this.#withoutDatabase.clear();
    const healedAtMs = this.#time.nowMs;
    let lookAtMs = healedAtMs;
    await this.#time.goOn(async () => {
      if (this.#broken.length > 0) return true;
      if (this.#time.nowMs < lookAtMs || this.#submitting > 0) return false;
      lookAtMs = this.#time.nowMs + lookEachMs;
      const open = await this.#store.operations.unfinished();
      if (open.length === 0 && (await openPlans(this.#store)) === 0) return true;
      // What waits for a person waits for ever.
      if (this.#time.nowMs < healedAtMs + patienceMs) return false;
      const left = await brokenAtTheEnd(this.#world, this.#store, this.#guests, this.#troubles.killed);
      return left.length === 0;
    }, healedMs);
    if (this.#broken.length === 0)
      this.#broken.push(
        ...(await brokenAtTheEnd(this.#world, this.#store, this.#guests, this.#troubles.killed)),
        ...(await brokenPlans(this.#store)),
      );
  }

  #look(): void {
    this.#writes += 1;
    const broken = brokenNow(this.#world, this.#guests);
    if (broken !== null && this.#broken.length === 0) this.#broken.push(broken);
    write(this.#world, this.#guests, `write ${this.#writes}`);
  }
}

/** True: it is applied. */
async function drain(services: SimulatedController['services']): Promise<boolean> {
  const goal = { kind: 'drain' as const, hosts: [hostNames[0]] };
  const { id } = await makeFleetPlan(services, { goal }, 'somebody');
  await applyPlan(services, id, 'somebody');
  return true;
}

/** False: what was refused, or met trouble, is asked for again. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof Refusal) && !isTrouble(error)) throw error;
  return false;
}

/** The database did not do what it was asked for, or nobody heard of it. */
class DatabaseTrouble extends Error {
  override readonly name = 'DatabaseTrouble';
}

function isTrouble(error: unknown): boolean {
  return error instanceof DatabaseTrouble || (error instanceof Error && isTrouble(error.cause));
}
