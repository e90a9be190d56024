import type { DomainEvent } from '@ferry/hypervisor';
import {
  isForSwitchOver,
  isStoppedByOthers,
  type PresentSighting,
  runsOn,
  type Standstill,
  type TransferOrders,
  type TransferState,
  undisturbed,
  withNews,
} from '@ferry/model';
import { sourceOf, targetOf } from '../../context/move-context.ts';
import { type StandsStillKnown, standsStill } from './stands-still.ts';
import { pause, wakesOf } from './waits.ts';

/** How long to wait for the source to tell that the guest was stopped, once all is sent; usually that is told before. */
const stopToldMs = 300;
const lookAgainMs = 10;
/** Pause between two looks at a target that tells nothing of a guest which is to stand still there. */
const holdAgainMs = 250;

/**
 * Whether its owner lets a guest stand still that is sent, and may change that until it is: what is known before it is sent,
 * and what the source tells meanwhile. Written down as soon as it is known, so that whoever goes on with the move knows it.
 */
export class OwnersPause {
  readonly #context: StandsStillKnown;
  #stands: boolean;
  #known: Standstill = runsOn;
  #hears = false;
  /** It stood in a state that says nothing of its owner already before it was sent. */
  #stoodUnclear = false;

  constructor(context: StandsStillKnown, orders: TransferOrders, state: TransferState) {
    this.#context = context;
    this.#stands = orders.standsStill ?? standsStill(context);
    const { kind } = undisturbed(state);
    if (kind === 'forced' || kind === 'paused') this.willPause();
  }

  /** It is to stand still afterwards. */
  get stands(): boolean {
    return this.#stands;
  }

  /** Before it is sent: as it is now, whatever it was when the move was prepared. */
  async lookBefore(): Promise<void> {
    const seen = await this.#source();
    if (seen === null) return;
    this.#stoodUnclear = isForSwitchOver(seen);
    await this.#note(seen.state === 'paused' && !this.#stoodUnclear);
  }

  /** Its job has begun, and nothing is sent yet: who has stopped it since cannot be the hypervisor. */
  async lookBegun(): Promise<void> {
    const seen = await this.#source();
    if (seen !== null && seen.state === 'paused' && !this.#stoodUnclear) await this.#note(true);
  }

  /** What the source tells by itself, in its order. */
  hear(event: DomainEvent): void {
    this.#hears = true;
    if (event.kind === 'iteration')
      this.#known = withNews(this.#known, { kind: 'pass', pass: event.iteration });
    else if (event.kind === 'state-changed' && event.now !== undefined)
      this.#known = withNews(this.#known, { kind: event.now });
  }

  /** A look while it is sent, for what was not told; `pass`: the one that was going on before this look, null where that is not known. */
  async look(state: TransferState, pass: number | null = null): Promise<void> {
    const { kind } = undisturbed(state);
    if (this.#stands || kind === 'post-copy' || kind === 'resuming') return;
    const seen = await this.#source();
    // The pass is asked for afterwards: one that is later than the stop proves no less.
    if (seen?.state === 'running' && pass !== null)
      this.#known = withNews(this.#known, { kind: 'found-running', pass });
    if (seen !== null && isForSwitchOver(seen) && !this.#stoodUnclear) await this.#foundStanding();
    await this.#judge();
  }

  /** All is sent, and the guest stands still for its switch-over: what is not known by now will not be. */
  async lookSent(): Promise<void> {
    if (this.#stands) return;
    const end = performance.now() + stopToldMs;
    while (this.#hears && !this.#known.stands && !this.#known.own && performance.now() < end)
      await pause(lookAgainMs, this.#context.signal);
    const last = await this.#lastPass();
    if (last !== null) this.#known = withNews(this.#known, { kind: 'pass', pass: last });
    await this.#judge();
  }

  /** Ferry is about to stop it for the sake of its transfer. */
  willPause(): void {
    this.#known = withNews(this.#known, { kind: 'own-stop' });
  }

  /** Stops it at once where it comes to: there libvirt starts it by itself, whoever has stopped it before. */
  async holdOnArrival(signal: AbortSignal): Promise<void> {
    const { domains } = targetOf(this.#context);
    const { instanceId } = this.#context.input;
    const wakes = wakesOf(domains.events(instanceId, signal));
    while (!signal.aborted) {
      // It may not be there yet, or be on its way in: what counts is seen at the end.
      await domains.ensurePaused(instanceId, { signal }).catch(() => undefined);
      await Promise.race([wakes.next(), pause(holdAgainMs, signal)]);
    }
    await wakes.end();
  }

  /** The passes of the transfer that is over, which both ends keep; null: neither tells. */
  async #lastPass(): Promise<number | null> {
    const { input, signal, services } = this.#context;
    const call = { signal, deadlineMs: services.limits.inspectMs };
    for (const host of [sourceOf(this.#context), targetOf(this.#context)]) {
      const job = await host.migration.completedJob(input.instanceId, call).catch(() => null);
      if (job !== null) return job.iteration;
    }
    return null;
  }

  async #foundStanding(): Promise<void> {
    const { input, signal, services } = this.#context;
    const call = { signal, deadlineMs: services.limits.inspectMs };
    const job = await sourceOf(this.#context).migration.jobProgress(input.instanceId, call);
    if (job === null) return;
    const { iteration: pass, memoryBytes: sentBytes } = job;
    this.#known = withNews(this.#known, { kind: 'found-standing', pass, sentBytes });
  }

  async #source(): Promise<PresentSighting | null> {
    const { input, signal, services } = this.#context;
    const call = { signal, deadlineMs: services.limits.inspectMs };
    const seen = await sourceOf(this.#context).domains.observe(input.instanceId, call);
    return seen.kind === 'present' ? seen : null;
  }

  async #judge(): Promise<void> {
    if (isStoppedByOthers(this.#known)) await this.#note(true);
  }

  async #note(stands: boolean): Promise<void> {
    if (stands === this.#stands) return;
    const { services, input } = this.#context;
    await services.store.transfers.setStandsStill(
      input.migrationId,
      stands,
      stands
        ? 'the guest was paused by somebody meanwhile: it stands still afterwards, too'
        : 'the guest was paused, and somebody has let it run on meanwhile: it runs afterwards, too',
    );
    this.#stands = stands;
  }
}
