import type { FerryClient, PlanBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { moveByHand } from './drift-steps.ts';
import { Stage, until } from './world.ts';

/** `FERRY_GUESTS=1000` takes five minutes; what a slice of the tests runs is shorter. */
const guests = Number(process.env['FERRY_GUESTS'] ?? 400);
const seed = Number(process.env['FERRY_SEED'] ?? 7);
const limits = { perSource: 16, perTarget: 16, perLink: 16, fleet: 32 };

/** Numbers from 0 to 1, the same for the same seed. */
function random(): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** However long it takes: only the test's own patience ends it. */
async function endOf(client: FerryClient, id: string): Promise<PlanBody> {
  for (;;) {
    const { plan } = await client.plan(id);
    if (plan.finishedAt !== null) return plan;
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}

/** What people and hosts do while the plan runs, once for each so many transfers that begin. */
class Troubles {
  readonly stoppedByHand = new Set<string>();
  readonly pausedByHand = new Set<string>();
  readonly movedByHand = new Set<string>();
  readonly counts: Record<string, number> = {};
  readonly #stage: Stage;
  readonly #ids: readonly string[];
  readonly #random = random();
  #restarts: Promise<unknown>[] = [];

  constructor(stage: Stage, ids: readonly string[]) {
    this.#stage = stage;
    this.#ids = ids;
  }

  /** Strikes a transfer as it begins: one in thirty is refused, of one in fifty the answer is lost. */
  strike(): 'refuse' | 'reply-lost' | null {
    if (this.#random() < 0.03) this.#people();
    const dice = this.#random();
    if (dice < 0.033) return this.#counted('refused', 'refuse');
    return dice < 0.053 ? this.#counted('answers lost', 'reply-lost') : null;
  }

  async over(): Promise<void> {
    await Promise.all(this.#restarts);
  }

  #counted<T>(what: string, value: T): T {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    return value;
  }

  #people(): void {
    const acts = [
      () => this.#stop(),
      () => this.#pause(),
      () => this.#move(),
      () => this.#silence(),
      () => this.#crash(),
    ];
    acts[Math.floor(this.#random() * acts.length)]?.();
  }

  /** A guest that nobody moves yet. */
  #waiting(): string | null {
    const { domains } = this.#stage.world.host('compute11');
    const from = Math.floor(this.#random() * this.#ids.length);
    const turned = [...this.#ids.slice(from), ...this.#ids.slice(0, from)];
    const idle = (id: string): boolean => {
      const domain = domains.get(id);
      return domain?.state === 'running' && domain.job === null && domain.startPreventedBy === null;
    };
    return turned.find(idle) ?? null;
  }

  #stop(): void {
    const id = this.#waiting();
    const domain = id === null ? undefined : this.#stage.world.host('compute11').domains.get(id);
    if (id === null || domain === undefined) return;
    Object.assign(domain, { state: 'shutoff', reason: 'shutdown' });
    this.stoppedByHand.add(this.#counted('stopped by hand', id));
  }

  #pause(): void {
    const id = this.#waiting();
    const domain = id === null ? undefined : this.#stage.world.host('compute11').domains.get(id);
    if (id === null || domain === undefined) return;
    Object.assign(domain, { state: 'paused', reason: 'user' });
    this.pausedByHand.add(this.#counted('paused by hand', id));
  }

  #move(): void {
    const id = this.#waiting();
    if (id === null) return;
    moveByHand(this.#stage, id, 'compute11', 'compute13');
    this.movedByHand.add(this.#counted('moved by hand', id));
  }

  /** A target that answers nobody for a while. */
  #silence(): void {
    const host = this.#stage.world.host(this.#random() < 0.5 ? 'compute12' : 'compute13');
    if (!host.up) return;
    host.up = this.#counted('hosts silent for a second', false);
    this.#restarts.push(
      new Promise((resolve) => {
        setTimeout(() => {
          host.up = true;
          resolve(null);
        }, 1_000);
      }),
    );
  }

  /** The controller's connections to the source are cut: its libvirtd was restarted. */
  #crash(): void {
    this.#stage.world.host('compute11').daemonStarts += this.#counted('restarts of libvirtd', 1);
  }
}

/** From when to when a move took a slot, and of which hosts: until its memory is with the target, or it is taken back. */
interface Slot {
  readonly from: number;
  readonly to: number;
  readonly sourceHost: string;
  readonly targetHost: string;
}

async function slotsOf(client: FerryClient): Promise<Slot[]> {
  const slots: Slot[] = [];
  for (const { id } of await client.migrations({ limit: 10_000 })) {
    const { createdAt, finishedAt, steps, sourceHost, targetHost } = await client.migration(id);
    const sent = steps?.find(({ name }) => name === 'transfer' || name === 'verify-copy')?.endedAt;
    slots.push({
      from: Date.parse(createdAt),
      to: Date.parse(sent ?? finishedAt ?? createdAt),
      sourceHost,
      targetHost,
    });
  }
  return slots;
}

/** The most that were taken at once of those that `which` tells to belong together. */
function mostAtOnce(slots: readonly Slot[], which: (slot: Slot) => string): number {
  const counts = new Map<string, number>();
  let most = 0;
  const edges = slots
    .flatMap((slot) => [
      { at: slot.from, change: 1, of: which(slot) },
      { at: slot.to, change: -1, of: which(slot) },
    ])
    // What ends in the same millisecond has made room before the next began.
    .toSorted((one, other) => one.at - other.at || one.change - other.change);
  for (const { of, change } of edges) {
    const now = (counts.get(of) ?? 0) + change;
    counts.set(of, now);
    most = Math.max(most, now);
  }
  return most;
}

test('a host is emptied of hundreds of guests while moves fail, hosts fall silent and people act: each is in one place, or named', {
  tags: ['thorough'],
  timeout: 1_800_000,
}, async () => {
  await using stage = await Stage.open({ pollMs: 20 }, { planIntervalMs: 500, watchIntervalMs: 1_000 });
  const client = stage.client();
  // As large as hosts are that have so many guests.
  for (const host of stage.world.hosts.values()) Object.assign(host.facts, { cpus: 640 });
  await until('that is seen', async () =>
    (await client.hosts()).every(({ facts }) => facts?.cpus === 640) ? true : null,
  );
  const ids: string[] = [];
  for (let number = 0; number < guests; number += 1)
    ids.push(await stage.guest({ name: `vm-${number}`, directory: '/shared', memoryMiB: 4 }));
  const troubles = new Troubles(stage, ids);
  stage.world.faults.choose = (host, method) =>
    host === 'compute11' && method === 'migration.migrateToPeer' ? troubles.strike() : null;
  const begun = performance.now();
  const processor = process.cpuUsage();
  const { plan } = await client.makePlan({ goal: { kind: 'drain', hosts: ['compute11'] }, limits });
  const made = performance.now();
  await client.askPlan(plan.id, 'apply');
  const ended = await endOf(client, plan.id);
  const seconds = (performance.now() - made) / 1000;
  const { user, system } = process.cpuUsage(processor);
  stage.world.faults.choose = null;
  await troubles.over();
  process.stdout.write(
    `${guests} guests, seed ${seed}: made in ${Math.round(made - begun)} ms, carried out in ${seconds.toFixed(1)} s (${((user + system) / 1e3 / guests).toFixed(0)} ms of processor a guest), planned anew ${ended.replans} times, ${ended.steps['failed'] ?? 0} steps failed; ${Object.entries(
      troubles.counts,
    )
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}\n`,
  );
  await stage.quiet();
  expect(troubles.counts['refused'] ?? 0).toBeGreaterThan(0);
  await expectEnd(stage, ended, ids, troubles);
});

async function expectEnd(
  stage: Stage,
  ended: PlanBody,
  ids: readonly string[],
  troubles: Troubles,
): Promise<void> {
  const client = stage.client();
  // Those that stay are named, each with its reason, and nobody else stays.
  const left = (await client.instances({ host: 'compute11', limit: 10_000 })).map(({ name }) => name);
  for (const name of left) expect(ended.problems.join('\n')).toContain(name);
  expect(ended.state).toBe(left.length === 0 ? 'done' : 'done-with-problems');

  // No guest was stopped by the plan, none is lost, and none runs twice.
  const hosts = [...stage.world.hosts.values()];
  for (const id of ids) {
    const domains = hosts.flatMap((host) => host.domains.get(id) ?? []);
    expect(domains.filter(({ persistent }) => persistent)).toHaveLength(1);
    const [domain] = domains;
    const state = troubles.stoppedByHand.has(id)
      ? 'shutoff'
      : troubles.pausedByHand.has(id)
        ? 'paused'
        : 'running';
    expect(`${id} ${domain?.state}`).toBe(`${id} ${state}`);
    expect(domain?.startPreventedBy).toBeNull();
  }

  // What is on record is where it is.
  for (const { id, host, taskState } of await client.instances({ limit: 10_000 })) {
    expect(stage.world.host(host).domains.has(id)).toBe(true);
    expect(taskState).toBeNull();
  }

  // Limits held at each moment.
  const slots = await slotsOf(client);
  expect(slots.length).toBeGreaterThanOrEqual(ids.length - troubles.movedByHand.size);
  expect(mostAtOnce(slots, ({ sourceHost }) => sourceHost)).toBeLessThanOrEqual(limits.perSource);
  expect(mostAtOnce(slots, ({ targetHost }) => targetHost)).toBeLessThanOrEqual(limits.perTarget);
  expect(mostAtOnce(slots, () => 'all')).toBeLessThanOrEqual(limits.fleet);
}
