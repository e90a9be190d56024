import {
  beginTransfer,
  describeDecision,
  decideTransfer,
  describeTransfer,
  type TransferAction,
  type TransferMemory,
  type TransferParties,
  type TransferPolicy,
  type TransferSample,
  type TransferState,
  type ToldHypervisor,
  withEnsured,
  withTold,
} from '@ferry/model';
import { NeedsPerson } from '@ferry/workflow';
import type { StoredTransfer } from '../../../store/migrations/transfer-store.ts';
import { sourceOf } from '../../context/move-context.ts';
import { transferPolicyOf, valuesOf } from './control-rules-of.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { liveOptions } from './live-options.ts';
import { observeTransfer } from './observe-transfer.ts';
import { OwnersPause } from './owners-pause.ts';
import { resumeOnTarget } from './resume-on-target.ts';
import { shareOfLink } from './share-of-link.ts';
import type { StandsStillKnown } from './stands-still.ts';
import { startAnew } from './start-anew.ts';
import { pause, wakesOf } from './waits.ts';

/** How a transfer ended, as both hosts show it. */
export type TransferEnd = TransferAction & { readonly kind: 'moved' | 'stayed' };

const lookAgainMs = 300;
/** Pause between two looks at both hosts while the job is looked at more often. */
const hostsAgainMs = 1_000;
const resumeAgainMs = 1_000;
/** Pause between two looks at who else sends over the same link. */
const shareAgainMs = 2_000;

/** A call was given up although it has not answered. */
class GaveUp extends Error {}

/**
 * Follows a live transfer: looks, lets the model decide, writes down where it stands, and does what is to be done, until the
 * hosts show where the guest is.
 */
export class TransferLoop {
  /** What the guest's owner wants of its power. */
  readonly owner: OwnersPause;
  readonly #context: StandsStillKnown;
  readonly #recorder: FlightRecorder;
  #policy: TransferPolicy;
  readonly #parties: TransferParties;
  #memory: TransferMemory;
  /** The pass that the last look found; null: it found none. */
  #passSeen: number | null = null;
  /** The phase as it stands in the record, as far as this loop wrote it. */
  #written: string | null = null;
  #lookedAtHostsMs = Number.NEGATIVE_INFINITY;
  #share: { readonly bytesPerSecond: number | null; readonly atMs: number } = {
    bytesPerSecond: null,
    atMs: Number.NEGATIVE_INFINITY,
  };
  /** Why the last thing that it asked of a guest or its job could not be done. */
  #failure: string | null = null;

  private constructor(
    context: StandsStillKnown,
    stored: Pick<StoredTransfer, 'control' | 'orders'>,
    state: TransferState,
    recorder: FlightRecorder,
  ) {
    const { input, services } = context;
    const coordinated = input.plan.form === 'coordinated';
    this.#context = context;
    this.owner = new OwnersPause(context, stored.orders, state);
    this.#recorder = recorder;
    this.#policy = transferPolicyOf(input, services, stored.orders, null);
    this.#parties = {
      source: input.source.name,
      target: input.target.name,
      form: coordinated ? 'perform' : 'peer-to-peer',
      stallMs: services.limits.stallMs,
    };
    const { bandwidthBytesPerSecond, maxDowntimeMs } = liveOptions(context);
    // A controller that finds a transfer does not know which of what was decided the hypervisor has heard.
    const told: ToldHypervisor = context.recovered ? {} : { bandwidthBytesPerSecond, limitMs: maxDowntimeMs };
    this.#memory = beginTransfer(state, performance.now(), stored.control ?? undefined, told);
  }

  /** Of one that a controller finds again it goes on from where it stood. */
  static async open(context: StandsStillKnown): Promise<TransferLoop> {
    const { input, services, recovered } = context;
    const stored = await services.store.transfers.of(input.migrationId);
    const first: TransferState =
      input.plan.form === 'coordinated' ? { kind: 'precopy', weakLink: null } : { kind: 'connecting' };
    const recorder = await FlightRecorder.open(input.migrationId, services);
    const state = recovered ? (stored.state ?? first) : first;
    recorder.begin({
      state,
      recovered,
      values: valuesOf(input, stored.orders),
      strategy: input.strategy ?? null,
    });
    return new TransferLoop(context, stored, state, recorder);
  }

  /** Writes what the recorder has still in memory, with how it ended. */
  async close(end: object): Promise<void> {
    this.#recorder.end(end);
    await this.#recorder.write();
  }

  /**
   * Follows a call that sends the guest, from its begin to its answer: events wake at once, a look now and then is made all
   * the same. Throws what the call throws, and where it is given up, why; its signal is aborted then.
   */
  async follow<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.#write(this.#memory);
    const { services, signal } = this.#context;
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    // First of all: what a lost lease forbids throws here, and then nobody would hear of the watcher's own failure.
    const sending = send(both);
    const watching = this.#watch(both).catch((error: unknown) => {
      if (error instanceof GaveUp) throw error;
      services.log.warn({ error }, 'the transfer is not followed any more');
    });
    try {
      const sent = await Promise.race([sending, watching.then(() => sending)]);
      await this.owner.lookSent();
      return sent;
    } finally {
      over.abort();
      sending.catch((error: unknown) => services.log.debug({ error }, 'the call ended later'));
      await watching.catch(() => undefined);
    }
  }

  /** Looks at both hosts until they show where the instance is; after `unknownMs` a person is asked. */
  async settle(): Promise<TransferEnd> {
    for (;;) {
      for (const action of await this.#look('over', this.#context.signal)) {
        if (action.kind === 'moved' || action.kind === 'stayed') return action;
        await this.#act(action);
      }
      await pause(lookAgainMs, this.#context.signal);
      this.#context.signal.throwIfAborted();
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const events = sourceOf(this.#context).domains.events(this.#context.input.instanceId, signal);
    const wakes = wakesOf(events, (event) => this.owner.hear(event));
    const holding: Promise<void>[] = [];
    let next = wakes.next();
    while (!signal.aborted) {
      await Promise.race([next, pause(this.#context.services.limits.pollMs, signal)]);
      if (signal.aborted) break;
      next = wakes.next();
      try {
        for (const action of await this.#look('running', signal)) await this.#act(action);
        await this.owner.look(this.#memory.state, this.#passSeen);
        if (this.owner.stands && this.#parties.form === 'peer-to-peer' && holding.length === 0)
          holding.push(this.owner.holdOnArrival(signal));
      } catch (error) {
        if (error instanceof GaveUp) throw error;
        // A look that fails changes nothing: the next one, or the end of the call, tells.
        this.#context.services.log.debug({ error }, 'the transfer could not be looked at');
      }
    }
    await wakes.end();
    await Promise.allSettled(holding);
  }

  /** One look: what was decided is written down before any of it is done. */
  async #look(call: TransferSample['call'], signal: AbortSignal): Promise<readonly TransferAction[]> {
    const hosts =
      this.#policy.postCopy !== 'never' && performance.now() - this.#lookedAtHostsMs >= hostsAgainMs;
    if (hosts) this.#lookedAtHostsMs = performance.now();
    const look = { call, hosts, standsStill: this.owner.stands, signal };
    const { sample, orders } = await observeTransfer(this.#context, look);
    signal.throwIfAborted();
    this.#passSeen = sample.progress?.iteration ?? null;
    const { input, services } = this.#context;
    if (call === 'running') this.#policy = transferPolicyOf(input, services, orders, await this.#shareNow());
    const decision = decideTransfer(this.#memory, sample, this.#policy);
    const { memory, actions, decisions = [] } = decision;
    if (decisions.length > 0)
      await services.store.transfers.setControl(
        input.migrationId,
        memory.control,
        decisions.map(describeDecision),
      );
    if (!actions.some(({ kind }) => kind === 'moved' || kind === 'stayed')) await this.#write(memory);
    this.#memory = memory;
    await this.#recorder.look(sample, decision);
    return actions;
  }

  /** Its share of the link; that it cannot be told leaves it as it was. */
  async #shareNow(): Promise<number | null> {
    if (performance.now() - this.#share.atMs < shareAgainMs) return this.#share.bytesPerSecond;
    const { input, services } = this.#context;
    const link = this.#policy.control?.values.linkBytesPerSecond ?? null;
    const bytesPerSecond = await shareOfLink(services, input, link).catch(() => this.#share.bytesPerSecond);
    this.#share = { bytesPerSecond, atMs: performance.now() };
    return bytesPerSecond;
  }

  async #write({ state, control }: TransferMemory): Promise<void> {
    const phase = describeTransfer(state, this.#parties, !control.stalled);
    if (phase === this.#written) return;
    await this.#context.services.store.migrations.setTransfer(this.#context.input.migrationId, state, phase);
    this.#written = phase;
  }

  async #act(action: TransferAction): Promise<void> {
    const { input, services, signal } = this.#context;
    const source = sourceOf(this.#context);
    const call = { signal, deadlineMs: services.limits.inspectMs };
    switch (action.kind) {
      case 'abort-job':
        return this.#try(() => source.migration.abortJob(input.instanceId, call));
      case 'pause-guest':
        await this.owner.look(this.#memory.state);
        this.owner.willPause();
        return this.#ensure(() => source.domains.ensurePaused(input.instanceId, call));
      case 'set-bandwidth':
        return this.#try(async () => {
          await source.migration.setBandwidth(input.instanceId, action.bytesPerSecond, call);
          this.#memory = withTold(this.#memory, { bandwidthBytesPerSecond: action.bytesPerSecond });
        });
      case 'set-max-downtime':
        return this.#try(async () => {
          await source.migration.setMaxDowntime(input.instanceId, action.limitMs, call);
          this.#memory = withTold(this.#memory, { limitMs: action.limitMs });
        });
      case 'set-compression-cache':
        return this.#try(async () => {
          await source.migration.setCompressionCache(input.instanceId, action.bytes, call);
          this.#memory = withTold(this.#memory, { xbzrleCacheBytes: action.bytes });
        });
      case 'start-post-copy':
        return this.#ensure(() => source.migration.startPostCopy(input.instanceId, call));
      case 'give-up-call':
        throw new GaveUp(
          action.because.kind === 'guest-lost'
            ? action.because.because
            : `${input.target.name} was not ready within ${services.limits.prepareMs} ms`,
        );
      case 'resume-on-target':
        await resumeOnTarget(this.#context);
        // What that said stands in the record now.
        this.#written = null;
        return;
      case 'resume-post-copy':
        return this.#resumePostCopy();
      case 'start-anew':
        return startAnew(this.#context);
      case 'ask':
        throw new NeedsPerson(action.because, action.remedy);
      case 'moved':
      case 'stayed':
        throw new Error(`a transfer ended as ${action.kind} while a call sends the guest`);
    }
  }

  /** Done until it succeeds once. */
  async #ensure(work: () => Promise<unknown>): Promise<void> {
    await this.#try(async () => {
      await work();
      this.#memory = withEnsured(this.#memory);
    });
  }

  /** What fails is tried again at the next look; the log tells it once, and not twice a second. */
  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#failure = null;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#context.services.log[message === this.#failure ? 'debug' : 'warn'](
        { err: error, migration: this.#context.input.migrationId },
        'what the transfer needs could not be done: it is tried again',
      );
      this.#failure = message;
    }
  }

  async #resumePostCopy(): Promise<void> {
    const { input, services, signal } = this.#context;
    const options = { ...liveOptions(this.#context), targetPeerUri: input.target.peerUri };
    try {
      await this.follow((over) =>
        sourceOf(this.#context).migration.resumePostCopy(options, { signal: over }),
      );
    } catch (error) {
      signal.throwIfAborted();
      services.log.warn({ err: error, migration: input.migrationId }, 'post-copy could not be resumed');
      await pause(resumeAgainMs, signal);
    }
  }
}
