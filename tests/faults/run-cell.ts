import type { MigrationBody } from '@ferry/api';
import { abortInDatabase, heldInDatabase } from '@ferry/controller/fault-database';
import { type GuestAnswer, type LabGuest, until } from '@ferry/lab';
import { type Cell, cellName, momentOf } from './cells.ts';
import type { FaultWorld, Ready } from './fault-world.ts';
import { type BothHosts, hostState } from './host-state.ts';
import { judge } from './judge.ts';
import { abortLine, haltLine } from './phases.ts';
import { RunWatch } from './run-watch.ts';
import { type BringBack, strike } from './victims.ts';

/** What became of one cell. */
export interface CellResult {
  readonly cell: string;
  /** UTC. */
  readonly at: string;
  readonly seed: number;
  /** `no-victim`: what was to be struck was not there in this phase. `not-reached`: the move never came there. */
  readonly verdict: 'whole' | 'left' | 'no-victim' | 'not-reached';
  /** All that was not as it should be. */
  readonly left: readonly string[];
  /** How the migration ended, in its own words. */
  readonly ended: string;
  /** From the beginning of the phase to the strike. */
  readonly momentMs: number;
  /** From the strike until the move had ended and nothing was left to do for it. */
  readonly settledSeconds: number;
  /** The longest time in which a guest that moved live did not answer, milliseconds; null where it was off or not asked. */
  readonly silentMs?: number | null;
  /** While the victim stayed away: what the migration said. */
  readonly said: string | null;
}

const mebibyte = 1024 * 1024;
const askEveryMs = 50;
const awayMs = 1500;
/** Longer than a lease, so that what was begun is nobody's any more. */
const databaseAwayMs = 8000;
const settleMs = 150_000;
const sayMs = 100_000;

/** Moves a guest, strikes, and looks at what is left when all has come to rest. */
export async function runCell(world: FaultWorld, cell: Cell, seed: number): Promise<CellResult> {
  const ready = await world.ready(cell.move);
  const before = await both(ready);
  const life = await ready.guest.waitAlive();
  const watch = new RunWatch(world.lab, ready.guest.name);
  const probe = await ready.guest.probe(askEveryMs);
  try {
    return await new CellRun(world, cell, seed, { ready, before, life, watch, probe }).run();
  } finally {
    world.go();
    await watch.stop();
  }
}

interface Beginning {
  readonly ready: Ready;
  readonly before: BothHosts;
  readonly life: GuestAnswer;
  readonly watch: RunWatch;
  readonly probe: Awaited<ReturnType<LabGuest['probe']>>;
}

class CellRun {
  readonly #world: FaultWorld;
  readonly #cell: Cell;
  readonly #seed: number;
  readonly #beginning: Beginning;
  #id = '';
  #silentMs: number | null = null;

  constructor(world: FaultWorld, cell: Cell, seed: number, beginning: Beginning) {
    this.#world = world;
    this.#cell = cell;
    this.#seed = seed;
    this.#beginning = beginning;
  }

  async run(): Promise<CellResult> {
    const momentMs = momentOf(this.#cell, this.#seed);
    if (!(await this.#reachPhase())) {
      await this.#settled();
      return this.#result('not-reached', { momentMs, left: await this.#judged(false) });
    }
    if (momentMs > 0) {
      this.#world.go();
      await pause(momentMs);
    }
    const { ready } = this.#beginning;
    const began = performance.now();
    const back = await strike(this.#cell.victim, {
      world: this.#world,
      domain: ready.guest.name,
      source: ready.source,
      target: ready.target,
      returns: this.#cell.returns,
    });
    this.#world.go();
    const struckDead = back !== null && this.#cell.victim.endsWith('-qemu');
    const said = back === null ? null : await this.#away(back);
    const unsettled = await this.#settled();
    const settledSeconds = (performance.now() - began) / 1000;
    const left = [
      ...(said === 'nothing' ? [`told nothing in ${sayMs / 1000} s while the victim was away`] : []),
      ...unsettled,
      ...(await this.#judged(struckDead)),
    ];
    const verdict = left.length > 0 ? 'left' : back === null ? 'no-victim' : 'whole';
    return this.#result(verdict, { momentMs, settledSeconds, said, left });
  }

  /** Begins the move and waits until it is where it is to be struck. */
  async #reachPhase(): Promise<boolean> {
    const { phase, move } = this.#cell;
    const line = haltLine(phase);
    const taken = phase.kind === 'undo';
    if (line !== null) this.#world.haltAt(taken ? abortLine(move) : line);
    const slowly = taken || phase.kind === 'sending';
    const { ready } = this.#beginning;
    const { id } = await this.#world.client.migrate(ready.guest.name, {
      kind: move === 'cold' ? 'cold-migration' : 'live-migration',
      host: ready.target.name,
      ...(move === 'cold' ? { shutdownTimeoutMs: 0 } : {}),
      ...(slowly && move !== 'cold' ? { bandwidthBytesPerSecond: 8 * mebibyte } : {}),
    });
    this.#id = id;
    if (line === null) return this.#sending();
    if (!(await this.#halted(line))) return false;
    if (!taken) return true;
    await abortInDatabase(this.#world.where, id);
    this.#world.haltAt(line);
    process.kill(this.#world.ferry.pid ?? 0, 'SIGCONT');
    return this.#halted(line);
  }

  #halted(line: string): Promise<boolean> {
    return this.#world.halted(
      line,
      async () => (await heldInDatabase(this.#world.where)).openOperations.length === 0,
    );
  }

  #sending(): Promise<boolean> {
    return until('memory to be sent', 60_000, async () => {
      const { progress, finishedAt } = await this.#world.client.migration(this.#id);
      if (finishedAt !== null) return { reached: false };
      return (progress?.memoryBytes ?? 0) > 2 * mebibyte ? { reached: true } : null;
    }).then(({ reached }) => reached);
  }

  /** Lets the victim be away as long as the cell wants, then brings it back. Gives what was said meanwhile. */
  async #away(back: BringBack): Promise<string | null> {
    const { victim, returns } = this.#cell;
    if (victim.endsWith('-qemu')) return null;
    const isHost = !victim.startsWith('database') && victim !== 'controller';
    let said: string | null = null;
    if (returns || !isHost) await pause(!returns && victim.startsWith('database') ? databaseAwayMs : awayMs);
    else said = await this.#sayings();
    await back();
    // A controller must outlive a database that it could not reach: this one is not started again here.
    return said;
  }

  /** Waits until Ferry has ended the move or says what it waits for. */
  async #sayings(): Promise<string> {
    return until('a word of what is missing', sayMs, async () => {
      const migration = await this.#migration();
      if (migration === null) return null;
      if (migration.finishedAt !== null) return wordsOf(migration);
      return /^(waits|blocked|not known)/.test(migration.phase) ? migration.phase : null;
    }).catch(() => 'nothing');
  }

  /** Waits until nothing is left to do for the move; else says what. */
  async #settled(): Promise<string[]> {
    try {
      await until('the move to come to rest', settleMs, async () => {
        const migration = await this.#migration();
        if (migration === null || migration.finishedAt === null) return null;
        return (await heldInDatabase(this.#world.where)).openOperations.length === 0 || null;
      });
      return [];
    } catch {
      const migration = await this.#migration();
      return [
        `not at rest after ${settleMs / 1000} s: ${migration === null ? 'the controller does not answer' : wordsOf(migration)}`,
      ];
    }
  }

  #migration(): Promise<MigrationBody | null> {
    return this.#world.client.migration(this.#id).catch(() => null);
  }

  async #judged(struckDead: boolean): Promise<string[]> {
    const { watch, probe, ...beginning } = this.#beginning;
    await watch.stop();
    const { longestGapMs, duplicates, countWentBack } = await probe.stop();
    const twice = watch.twice === null ? [] : [`it ran twice, on ${watch.twice}`];
    if (duplicates > 0) twice.push(`${duplicates} questions were answered twice`);
    if (this.#cell.move !== 'cold' && !struckDead) {
      this.#silentMs = Math.round(longestGapMs);
      if (countWentBack) twice.push('its counter went back for a while');
    }
    const found = await judge(this.#world, { ...beginning, cell: this.#cell, struckDead });
    return [...twice, ...found];
  }

  async #result(
    verdict: CellResult['verdict'],
    more: { momentMs: number; left: string[]; settledSeconds?: number; said?: string | null },
  ): Promise<CellResult> {
    const migration = await this.#migration();
    return {
      cell: cellName(this.#cell),
      at: new Date().toISOString(),
      seed: this.#seed,
      verdict: more.left.length > 0 ? 'left' : verdict,
      left: more.left,
      ended: migration === null ? 'unknown' : wordsOf(migration),
      momentMs: more.momentMs,
      settledSeconds: Math.round((more.settledSeconds ?? 0) * 10) / 10,
      silentMs: this.#silentMs,
      said: more.said ?? null,
    };
  }
}

async function both({ source, target }: Ready): Promise<BothHosts> {
  const [atSource, atTarget] = await Promise.all([hostState(source), hostState(target)]);
  return { source: atSource, target: atTarget };
}

function wordsOf({ status, phase, error }: MigrationBody): string {
  return error === null ? `${status}: ${phase}` : `${status}: ${error.message}`;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
