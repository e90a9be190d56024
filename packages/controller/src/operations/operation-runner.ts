import type { Migration, MigrationResult, MigrationStatus } from '@ferry/model';
import {
  type Failure,
  recover,
  resume,
  run,
  type RunOptions,
  type RunResult,
  type Workflow,
  type Outputs,
} from '@ferry/workflow';
import { vmStateOf } from './adopt-instance.ts';
import { coldMigrateWorkflow } from './cold-migrate/workflow.ts';
import { liveMigrateWorkflow } from './live-migrate/workflow.ts';
import { migrationResult } from './shared/migration-result.ts';
import type { MoveInput } from './shared/move-input.ts';
import type { Services } from './shared/services.ts';
import { stepErrors } from './shared/step-error.ts';

type Move = Workflow<MoveInput, Services, Outputs>;

/** Runs operations: those just accepted, those a crash left behind, and those that wait for a host or a person. */
export class OperationRunner {
  readonly #services: Services;
  readonly #options: Pick<RunOptions, 'retry'>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #waiting = new Set<string>();

  constructor(services: Services, options: Pick<RunOptions, 'retry'> = {}) {
    this.#services = services;
    this.#options = options;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Runs an operation in the background. One that runs already is left alone. */
  start(id: string): void {
    this.#launch(id, 'run');
  }

  /** Goes on with everything that is not closed, as after a crash. */
  async recoverAll(): Promise<void> {
    for (const { operationId } of await this.#services.store.operations.unfinished())
      this.#launch(operationId, 'recover');
  }

  /** Takes up what waits: every step looks before it acts, so trying again never does harm. */
  resumeWaiting(): void {
    for (const id of this.#waiting) this.#launch(id, 'resume');
  }

  /** Waits until nothing runs, at most so long; then stops what does, to be recovered by the next controller. */
  async stop(patienceMs: number): Promise<void> {
    const all = (): Promise<unknown> => Promise.allSettled(this.#running.values());
    const late = new Promise((resolve) => {
      setTimeout(resolve, patienceMs).unref();
    });
    await Promise.race([all(), late]);
    this.#stop.abort();
    await all();
  }

  #launch(id: string, how: 'run' | 'recover' | 'resume'): void {
    if (this.#running.has(id) || this.#stop.signal.aborted) return;
    this.#waiting.delete(id);
    const work = this.#drive(id, how)
      .catch((error: unknown) => {
        this.#services.log.error({ err: error, operation: id }, 'an operation could not be carried on');
        this.#waiting.add(id);
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  async #drive(id: string, how: 'run' | 'recover' | 'resume'): Promise<void> {
    const { store, log } = this.#services;
    const operation = await store.operations.byId(id);
    if (operation === null) return;
    const workflow: Move = operation.workflow === 'live-migrate' ? liveMigrateWorkflow : coldMigrateWorkflow;
    const options: RunOptions = { ...this.#options, signal: this.#stop.signal };
    // Accepted a moment before a crash: its log is empty still, and it is begun like a new one.
    const fresh = (await store.operations.read(id)).length === 0;
    const input = operation.input as MoveInput;
    const result =
      how === 'run' || fresh
        ? await run(workflow, id, input, this.#services, store.operations, options)
        : await (how === 'resume' ? resume : recover)(
            workflow,
            id,
            this.#services,
            store.operations,
            options,
          );
    log.info({ operation: id, result: result.kind }, 'an operation came to rest');
    await this.#conclude(id, input, result);
  }

  async #conclude(id: string, input: MoveInput, result: RunResult<Outputs>): Promise<void> {
    const { store } = this.#services;
    const migration = await store.migrations.byId(id);
    if (migration === null) return;
    switch (result.kind) {
      case 'stopped':
        return;
      case 'done':
        await this.#finishMoved(migration, input, result.output);
        await store.operations.close(id);
        return;
      case 'undone':
        await this.#finishFailed(migration, input, result.failure, '');
        await store.operations.close(id);
        return;
      case 'undo-blocked':
        // The instance is whole at its source and free again; what is left on the target is tried again and again.
        await this.#finishFailed(
          migration,
          input,
          result.because,
          ` Clean-up on ${input.target.name} is not done yet: ${result.failure.message}`,
        );
        this.#waiting.add(id);
        return;
      case 'blocked':
        await store.migrations.setPhase(id, blockedPhase(result.failure));
        this.#waiting.add(id);
    }
  }

  async #finishMoved(migration: Migration, input: MoveInput, output: Outputs): Promise<void> {
    const result = migrationResult(migration, output);
    const { store } = this.#services;
    if (migration.kind === 'cold-migration' && migration.finishedAt === null) {
      await store.migrations.advance(migration.id, 'finished', 'moved');
    }
    await store.migrations.finish(migration.id, {
      status: migration.kind === 'live-migration' ? 'completed' : 'confirmed',
      phase: movedPhase(result, input),
      result,
      error: null,
      power: { powerState: input.power, vmState: vmStateOf(input.power) },
    });
  }

  async #finishFailed(migration: Migration, input: MoveInput, failure: Failure, more: string): Promise<void> {
    const aborted = failure.code === 'aborted';
    const failed: MigrationStatus = migration.kind === 'cold-migration' ? 'error' : 'failed';
    await this.#services.store.migrations.finish(migration.id, {
      status: aborted ? 'cancelled' : failed,
      phase: `the instance is at ${input.source.name}`,
      result: null,
      error: { code: failure.code, message: failure.message + more, remedy: remedyOf(failure) },
      power: null,
    });
  }
}

/** A guest that does not answer has moved all the same: that is said as loudly as can be, and nothing is undone. */
function movedPhase({ guestSeenAlive, connectivity }: MigrationResult, { power, target }: MoveInput): string {
  if (connectivity !== null && !connectivity.answeredAfter && power === 'running')
    return `moved; WARNING: no answer from ${connectivity.address} since it runs on ${target.name}`;
  return guestSeenAlive === null && power === 'running' ? 'moved; the guest was not seen alive' : 'moved';
}

function blockedPhase(failure: Failure): string {
  return `blocked: ${failure.message} -> ${remedyOf(failure)}`;
}

function remedyOf(failure: Failure): string {
  const known = stepErrors[failure.code as keyof typeof stepErrors] as string | undefined;
  if (known !== undefined) return known;
  const { detail } = failure;
  if (
    typeof detail === 'object' &&
    detail !== null &&
    'remedy' in detail &&
    typeof detail.remedy === 'string'
  ) {
    return detail.remedy;
  }
  return 'See the message, and run the checks again: `ferry check`.';
}
