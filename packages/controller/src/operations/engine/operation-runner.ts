import type { Hypervisor, HypervisorHost } from '@ferry/hypervisor';
import type { RunOptions } from '@ferry/workflow';
import { inLogContext, logContext } from '../../observe/log-context.ts';
import { OperationTrace } from '../../observe/traces.ts';
import { LeaseLost } from '../../store/database/lock-store.ts';
import type { Conclusion } from './conclude.ts';
import type { Carried, KnownWorkflow } from './known-workflow.ts';
import type { KeptLease, LeaseKeeper } from './lease-keeper.ts';
import type { Services } from './services.ts';

/**
 * Hosts that are asked nothing, and told nothing, without permission: each call asks for it first, and whatever that
 * throws ends the call before it has begun. A host cannot know who owns an operation, so that its owner has to.
 */
export function guardedHypervisor(hypervisor: Hypervisor, requirePermission: () => void): Hypervisor {
  return {
    host: (uri) => guarded<HypervisorHost>(hypervisor.host(uri), requirePermission),
    close: () => hypervisor.close(),
  };
}

/** The same object, with all its functions guarded, and those of its parts. */
function guarded<T extends object>(target: T, requirePermission: () => void): T {
  return new Proxy(target, {
    get: (_, property): unknown => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value === 'function') {
        return (...args: unknown[]): unknown => {
          requirePermission();
          return Reflect.apply(value, target, args);
        };
      }
      return typeof value === 'object' && value !== null ? guarded(value, requirePermission) : value;
    },
  });
}

/** How operations are run, and what follows them. */
interface RunnerOptions extends Pick<RunOptions, 'retry'> {
  /** Told of each that is over, by its input; gives the id of one that is to be started now. */
  readonly next?: (input: unknown) => Promise<string | null>;
}

/**
 * Runs operations: those just accepted, those that another controller or an earlier run left behind, and those that wait
 * for a host or a person. Each only under a lease, which one that waits keeps.
 */
export class OperationRunner {
  readonly #services: Services;
  readonly #known: ReadonlyMap<string, KnownWorkflow>;
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Workflows of those that run, once they are known. */
  readonly #workflows = new Map<string, string>();
  readonly #stop = new AbortController();
  #stopping = false;
  readonly #leases: LeaseKeeper;
  readonly #waiting = new Map<string, KeptLease>();
  /** Those that were to be taken up while they ran: what they wait for may have come after they looked. */
  readonly #again = new Set<string>();

  /** `known`: every workflow that an operation can be of, by its name. */
  constructor(
    services: Services,
    leases: LeaseKeeper,
    known: ReadonlyMap<string, KnownWorkflow>,
    options: RunnerOptions = {},
  ) {
    this.#services = services;
    this.#known = known;
    this.#leases = leases;
    this.#options = options;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Those that wait for a host or a person, under this controller's lease. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Each by its workflow and id. */
  get running(): readonly string[] {
    return [...this.#running.keys()].map((id) => `${this.#workflows.get(id) ?? 'operation'} ${id}`);
  }

  /**
   * Runs an operation in the background, unless it runs already, here or under another controller; one that waits here is taken up,
   * and one that runs here is once more if it is about to wait.
   */
  start(id: string): void {
    if (this.#running.has(id)) this.#again.add(id);
    this.#launch(id, this.#waiting.get(id) ?? null);
  }

  /** Goes on with everything that nobody has a lease of: what a crash left, here or of another controller. */
  async takeOver(): Promise<void> {
    for (const id of await this.#services.store.operations.free()) this.#launch(id, null);
  }

  /** Takes up what waits: every step looks before it acts, so trying again never does harm. */
  resumeWaiting(): void {
    for (const [id, held] of this.#waiting) this.#launch(id, held);
  }

  /** Waits until nothing runs, at most so long; then stops what does, to be carried on by whoever starts next. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    const all = (): Promise<unknown> => Promise.allSettled(this.#running.values());
    const late = new Promise((resolve) => {
      setTimeout(resolve, patienceMs).unref();
    });
    await Promise.race([all(), late]);
    this.#stop.abort();
    await all();
    await this.#leases.releaseAll().catch((error: unknown) => {
      this.#services.log.warn(
        { err: error },
        'operations could not be given free: their leases end by themselves',
      );
    });
  }

  /** `waited`: its lease, when it waited. */
  #launch(id: string, waited: KeptLease | null): void {
    if (this.#running.has(id) || this.#stopping) return;
    if (waited === null && this.#waiting.has(id)) return;
    this.#waiting.delete(id);
    const work = inLogContext({ operation: id }, () => this.#underLease(id, waited)).finally(() => {
      this.#running.delete(id);
      this.#workflows.delete(id);
      const held = this.#waiting.get(id);
      if (this.#again.delete(id) && held !== undefined) this.#launch(id, held);
    });
    this.#running.set(id, work);
  }

  async #underLease(id: string, waited: KeptLease | null): Promise<void> {
    const { log } = this.#services;
    let held = waited;
    try {
      held ??= await this.#leases.take(id);
      if (held === null) return;
      held.require();
      const rests = await this.#drive(held, waited === null ? 'recover' : 'resume');
      if (rests === 'waits') this.#waiting.set(id, held);
      else if (rests === 'over') this.#leases.drop(held);
      // One that was stopped is given free with all others.
    } catch (error) {
      if (held?.isLost === true || isLeaseLost(error)) {
        this.#services.metrics?.count('ferry_leases_lost_total', {});
        log.warn(
          { operation: id },
          'another controller may carry the operation on: this one has let go of it',
        );
        if (held !== null) this.#leases.drop(held);
        return;
      }
      log.error({ err: error, operation: id }, 'an operation could not be carried on');
      if (held !== null) this.#waiting.set(id, held);
    }
  }

  /** What waited for it is begun at once; where that fails, a round begins it later. */
  async #startNext(input: unknown): Promise<void> {
    try {
      const next = (await this.#options.next?.(input)) ?? null;
      if (next !== null) this.start(next);
    } catch (error) {
      this.#services.log.warn({ err: error }, 'what waited for an operation is begun later');
    }
  }

  async #drive(held: KeptLease, how: 'recover' | 'resume'): Promise<Conclusion> {
    const id = held.lease.operationId;
    const services: Services = {
      ...this.#services,
      store: this.#services.store.under(held.lease),
      hypervisor: guardedHypervisor(this.#services.hypervisor, () => held.require()),
    };
    const operation = await services.store.operations.byId(id);
    if (operation === null) return 'over';
    this.#workflows.set(id, operation.workflow);
    const known = this.#known.get(operation.workflow);
    if (known === undefined) throw new Error(`this version of Ferry knows no workflow ${operation.workflow}`);
    // Accepted a moment ago, perhaps by a controller that is gone: its log is empty still, and it is begun.
    const fresh = (await services.store.operations.read(id)).length === 0;
    const { migrationId } = operation.input as { readonly migrationId?: string };
    const requestId = logContext().requestId ?? (await services.store.actions.requestOf(id));
    const belongsTo = {
      workflow: operation.workflow,
      ...(migrationId === undefined ? {} : { migration: migrationId }),
      ...(requestId === null ? {} : { requestId }),
    };
    const begun = fresh ? 'run' : how;
    const { workflow } = operation;
    const { operations } = services.store;
    const traced = await OperationTrace.begin(
      { id, workflow, how: begun, migration: migrationId ?? null },
      {
        read: () => operations.traceParent(id),
        write: (traceParent) => operations.keepTraceParent(id, traceParent),
      },
    );
    const carried: Carried = {
      id,
      input: operation.input,
      how: begun,
      services,
      options: {
        ...this.#options,
        signal: AbortSignal.any([this.#stop.signal, held.signal]),
        onRecord: ({ entry }) => {
          traced.record({ entry });
          if (entry.kind === 'step-failed' || entry.kind === 'undo-failed')
            this.#services.metrics?.count('ferry_operation_step_failures_total', {
              workflow: operation.workflow,
              step: entry.step,
            });
        },
      },
      require: () => held.require(),
    };
    const rests = await inLogContext(belongsTo, () =>
      traced.within(() => {
        services.log.info({ how: carried.how }, 'an operation is carried on');
        return known.drive(carried);
      }),
    );
    if (rests === 'over') await this.#startNext(operation.input);
    return rests;
  }
}

/** Also where it is why the log could not be written. */
function isLeaseLost(error: unknown): boolean {
  return error instanceof LeaseLost || (error instanceof Error && error.cause instanceof LeaseLost);
}
