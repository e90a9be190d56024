import {
  type Fault,
  killGuest,
  powerOff,
  powerOn,
  restartDaemon,
  type SimulatedWorld,
} from '@ferry/hypervisor/simulated';
import { describeTrouble, hostName, type Strike, type Trouble } from './schedule.test-support.ts';

/** What troubles act on. */
export interface Troubled {
  readonly world: SimulatedWorld;
  readonly ids: readonly string[];
  crash(controller: number, forMs: number): void;
  cutDatabase(controller: number, forMs: number): void;
}

/** Whether the script tells each call, for whoever looks for the cause of a failure. */
const tracing = process.env['FERRY_TRACE'] !== undefined;

/** Lets the troubles of a schedule strike at their moments, and tells what struck where. */
export class Troubles {
  /** `at call 17 compute12 migration.finish: reply-lost` */
  readonly told: string[] = [];
  /** Guests whose QEMU was killed, with or without their host. */
  readonly killed = new Set<string>();
  readonly #on: Troubled;
  readonly #left: Strike[];
  readonly #methods = new Map<string, number>();
  #calls = 0;
  #armed = false;

  constructor(strikes: readonly Strike[], on: Troubled) {
    this.#left = [...strikes];
    this.#on = on;
  }

  arm(): void {
    this.#armed = true;
    for (const strike of this.#left.filter(({ when }) => when.kind === 'time')) {
      const { when, what } = strike;
      if (when.kind !== 'time') continue;
      this.#take(strike);
      setTimeout(() => {
        if (this.#armed) this.#cause(what, `at ${when.ms} ms`);
      }, when.ms);
    }
  }

  /** What has not struck does not any more. */
  disarm(): void {
    this.#armed = false;
  }

  /** Before a call: the fault that it meets. */
  before(where: string, method: string): Fault | null {
    if (!this.#armed) return null;
    this.#calls += 1;
    if (tracing)
      this.told.push(`${Math.round(performance.now())} ms, call ${this.#calls}: ${where} ${method}`);
    this.#methods.set(method, (this.#methods.get(method) ?? 0) + 1);
    let fault: Fault | null = null;
    for (const { what } of this.#due(method, 'before')) {
      const at = `at call ${this.#calls} ${where} ${method}`;
      if (what.kind !== 'fault') this.#cause(what, at);
      else {
        fault = what.fault;
        this.told.push(`${at}: ${what.fault}`);
      }
    }
    if (fault === null && this.#losesReply(method)) return 'reply-lost';
    return fault;
  }

  /** After a call, before anybody knows of its end. */
  after(where: string, method: string): void {
    if (!this.#armed) return;
    for (const { what } of this.#due(method, 'after'))
      this.#cause(what, `after call ${this.#calls} ${where} ${method}`);
  }

  /** A host that goes away right after it did what it was told has not answered. */
  #losesReply(method: string): boolean {
    const away: readonly Trouble['kind'][] = ['silence', 'power-cut', 'restart-libvirtd'];
    return this.#comes(method, 'after').some(({ what }) => away.includes(what.kind));
  }

  #due(method: string, side: 'before' | 'after'): Strike[] {
    const due = this.#comes(method, side);
    for (const strike of due) this.#take(strike);
    return due;
  }

  #comes(method: string, side: 'before' | 'after'): Strike[] {
    return this.#left.filter(({ when, what }) => {
      // A fault is one of the call itself, on its way there and back.
      if (when.kind === 'time' || (what.kind === 'fault' ? side === 'after' : when.side !== side))
        return false;
      if (when.kind === 'call') return when.nth <= this.#calls;
      return when.method === method && when.nth < (this.#methods.get(method) ?? 0);
    });
  }

  #take(strike: Strike): void {
    this.#left.splice(this.#left.indexOf(strike), 1);
  }

  #cause(what: Trouble, at: string): void {
    this.told.push(`${at}: ${describeTrouble(what)}`);
    const { world, ids } = this.#on;
    switch (what.kind) {
      case 'fault':
        return;
      case 'crash':
        this.#on.crash(what.controller, what.forMs);
        return;
      case 'no-database':
        this.#on.cutDatabase(what.controller, what.forMs);
        return;
      case 'silence': {
        const host = world.host(hostName(what.host));
        if (!host.up) return;
        host.up = false;
        setTimeout(() => {
          host.up = true;
        }, what.forMs);
        return;
      }
      case 'restart-libvirtd':
        restartDaemon(world.host(hostName(what.host)));
        return;
      case 'power-cut': {
        const host = world.host(hostName(what.host));
        for (const id of ids) this.#noteKilled(host.name, id);
        powerOff(host);
        setTimeout(() => powerOn(world, host), what.forMs);
        return;
      }
      case 'kill-guest': {
        const id = ids[what.guest % ids.length] ?? '';
        this.#noteKilled(hostName(what.host), id);
        killGuest(world.host(hostName(what.host)), id);
      }
    }
  }

  /** One that was coming and had not run is not the guest: that is at its source still. */
  #noteKilled(host: string, id: string): void {
    const domain = this.#on.world.host(host).domains.get(id);
    if (domain === undefined || domain.incomingFrom !== null) return;
    if (domain.state === 'running' || domain.state === 'paused') this.killed.add(id);
  }
}
