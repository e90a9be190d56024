import { knownBad, type Outcome } from '@ferry/model';
import { NeedsPerson } from '@ferry/workflow';
import { adaptationOf } from '../../shared/adaptation-of.ts';
import { type MoveContext, sayPhase, sourceOf, targetOf } from '../../shared/move-context.ts';
import { followWhile } from './follow-job.ts';
import { liveOptions } from './live-options.ts';
import { watchPostCopy } from './watch-post-copy.ts';

type Lost = Outcome & { readonly kind: 'lost' };

/** How often a post-copy that broke off is resumed before its memory counts as lost, and the pause before each try. */
const resumes = { most: 5, pauseMs: 1_000 } as const;

/**
 * What is done about a guest that a fault in post-copy has stopped: resumed, where its memory is whole and both libvirts
 * can do that; else what the one who allowed post-copy said: started anew from its disks, or a person is asked. Comes back
 * when something was done and the hosts are to be looked at again. The source's copy is never let run.
 */
export class LostGuest {
  readonly #context: MoveContext;
  #looks = 0;
  #resumed = 0;

  constructor(context: MoveContext) {
    this.#context = context;
  }

  async settle(seen: Lost): Promise<void> {
    const { postCopy = 'never', target } = this.#context.input;
    this.#looks += 1;
    // A state between two others may look like this for a moment: once is not enough to give up a guest's memory.
    if (this.#looks < 2) return pause(this.#context, resumes.pauseMs);
    if (seen.resumable && this.#resumed < resumes.most && (await this.#canResume())) {
      this.#resumed += 1;
      await this.#resume();
      return;
    }
    if (postCopy !== 'restart') throw new NeedsPerson(seen.because, seen.remedy);
    await sayPhase(this.#context, `its memory is lost: it is started anew from its disks on ${target.name}`);
    await this.#startAnew();
  }

  async #canResume(): Promise<boolean> {
    const call = { signal: this.#context.signal, deadlineMs: this.#context.services.limits.inspectMs };
    const sound = [sourceOf(this.#context), targetOf(this.#context)].map(async (host) => {
      const { libvirtVersion } = await host.facts(call);
      return knownBad('libvirt', libvirtVersion, 'post-copy-resume') === null;
    });
    const told = await Promise.allSettled(sound);
    this.#context.signal.throwIfAborted();
    return told.every((one) => one.status === 'fulfilled' && one.value);
  }

  async #resume(): Promise<void> {
    const { input, services } = this.#context;
    await sayPhase(this.#context, `post-copy broke off: it is resumed (${this.#resumed} of ${resumes.most})`);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#context.signal, stop.signal]);
    const options = { ...liveOptions(this.#context), targetPeerUri: input.target.peerUri };
    try {
      const moving = sourceOf(this.#context).migration.resumePostCopy(options, { signal });
      const guard = watchPostCopy(this.#context, stop.signal, { resuming: true });
      await followWhile(this.#context, Promise.race([moving, guard]));
    } catch (error) {
      this.#context.signal.throwIfAborted();
      services.log.warn({ err: error, migration: input.migrationId }, 'post-copy could not be resumed');
      await pause(this.#context, resumes.pauseMs);
    } finally {
      stop.abort();
    }
  }

  /** All disks are shared, and the target was the last to write to them. */
  async #startAnew(): Promise<void> {
    const { instanceId } = this.#context.input;
    const call = { signal: this.#context.signal };
    const source = sourceOf(this.#context);
    const { domains } = targetOf(this.#context);
    const there = await domains.sight(instanceId, call);
    if (there.kind !== 'present' || !there.persistent) {
      const xml =
        there.kind === 'present'
          ? await domains.definition(instanceId, call)
          : await source.domains.definition(instanceId, call, adaptationOf(this.#context));
      await domains.ensureDefined(xml, call);
    }
    await domains.ensureLostEnded(instanceId, call);
    await domains.ensureStarted(instanceId, call);
  }
}

async function pause(context: MoveContext, durationMs: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
  context.signal.throwIfAborted();
}
