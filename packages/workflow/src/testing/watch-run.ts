import type { LogRecord, LogStore, UnfinishedOperation } from '../log.ts';
import { run } from '../run.ts';
import type { Outputs, Workflow } from '../workflow.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import type { Moment, TortureSpec, TortureWorld } from './torture.ts';

/** Runs a workflow to its end and looks at the world before each record is written; nothing where the world does not tell. */
export async function watchRun<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
  workflow: Workflow<Input, Services, Output>,
): Promise<readonly Moment[]> {
  const world = await spec.makeWorld();
  try {
    if (world.state === undefined) return [];
    const log = new WatchedLog(world);
    await run(workflow, 'torture', world.input, world.services, log, { clock: new ManualClock() });
    return log.moments;
  } finally {
    await world.close?.();
  }
}

class WatchedLog implements LogStore {
  readonly moments: Moment[] = [];
  readonly #world: Pick<TortureWorld<unknown, unknown>, 'state'>;
  readonly #log = new MemoryLog();
  #before: readonly LogRecord[] = [];

  constructor(world: Pick<TortureWorld<unknown, unknown>, 'state'>) {
    this.#world = world;
  }

  async append(record: LogRecord): Promise<void> {
    this.moments.push({ record, before: this.#before, world: JSON.stringify(this.#world.state?.()) });
    this.#before = [...this.#before, record];
    await this.#log.append(record);
  }

  async read(operationId: string): Promise<readonly LogRecord[]> {
    return await this.#log.read(operationId);
  }

  async unfinished(): Promise<readonly UnfinishedOperation[]> {
    return await this.#log.unfinished();
  }
}
