import { basename, dirname, join } from 'node:path';
import { CopyFailure, HypervisorError } from '@ferry/hypervisor';
import { type CopiedDisk, type FileCopy, targetPathOf } from '@ferry/model';
import { copiedDisks, type MoveContext } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import type { CopyProgress } from '../copy-progress.ts';

/** One file on its way, and what is written down of it. */
export class Copying {
  readonly context: MoveContext;
  readonly path: string;
  readonly progress: CopyProgress;
  readonly signal: AbortSignal;
  readonly #startedAt = performance.now();
  #record: FileCopy | null = null;

  private constructor(context: MoveContext, path: string, progress: CopyProgress, signal: AbortSignal) {
    this.context = context;
    this.path = path;
    this.progress = progress;
    this.signal = signal;
  }

  /** Reads what an earlier try wrote down. */
  static async of(
    context: MoveContext,
    path: string,
    progress: CopyProgress,
    signal: AbortSignal,
  ): Promise<Copying> {
    const copying = new Copying(context, path, progress, signal);
    const migration = await context.services.store.migrations.byId(context.input.migrationId);
    copying.#record = migration?.copies.find((one) => one.path === path) ?? null;
    return copying;
  }

  /** Null: nothing was made on the target for it. */
  get record(): FileCopy | null {
    return this.#record;
  }

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  /** Where it goes to. */
  get targetPath(): string {
    return targetPathOf(this.context.input.plan, this.path);
  }

  /** It goes onto a block device of the target. */
  get toDevice(): boolean {
    return this.#disk?.toDevice === true;
  }

  /** Either side of it is a block device. */
  get ofDevice(): boolean {
    return this.toDevice || this.#disk?.fromDevice === true;
  }

  get #disk(): CopiedDisk | undefined {
    return copiedDisks(this.context).find((disk) => disk.path === this.path);
  }

  /** The name of its own that a direct copy has until it is whole: no other migration writes it, and a later try finds it. */
  get part(): string {
    return join(
      dirname(this.targetPath),
      `.${basename(this.targetPath)}.ferry-${this.context.input.migrationId}`,
    );
  }

  /** Writes it down, before what it tells of is done. */
  async write(record: FileCopy): Promise<void> {
    await this.context.services.store.migrations.setCopy(this.context.input.migrationId, this.path, record);
    this.#record = record;
  }

  /** Writes down that nothing on the target is of this migration. */
  async forget(): Promise<void> {
    await this.context.services.store.migrations.setCopy(this.context.input.migrationId, this.path, null);
    this.#record = null;
  }
}

/** Why a copy failed, whichever way it went; null for an error that is none of a copy. */
export function copyFailureOf(error: unknown): CopyFailure | null {
  if (error instanceof CopyFailure) return error;
  if (!(error instanceof HypervisorError)) return null;
  switch (error.code) {
    case 'unreachable':
    case 'deadline':
      return new CopyFailure('broken', error.host, error.message, error);
    case 'wrong-state':
      // libvirt begins no upload in the moment in which it opens the same file to be read, as for comparing the piece before.
      return new CopyFailure('busy', error.host, error.message, error);
    case 'no-space':
      return new CopyFailure('disk-full', error.host, error.message, error);
    default:
      return new CopyFailure('other', error.host, error.message, error);
  }
}

/** What a failed copy ends its step with; what a host said otherwise is told as that host's error. */
export function stepErrorOf({ path, context }: Copying, failure: CopyFailure): Error {
  const { source, target } = context.input;
  const what = `${path} from ${source.name} to ${target.name}`;
  const because = (failure.cause instanceof Error ? failure.cause : failure).message;
  switch (failure.code) {
    case 'exists':
      return new StepError(
        'path-taken',
        `${path} is somebody else's on ${target.name}: ${because}.`,
        failure,
      );
    case 'disk-full':
      return new StepError(
        'disk-full',
        `There is no room on ${target.name} for ${path}: ${because}.`,
        failure,
      );
    case 'source-changed':
      return new StepError('source-changed', `${path} on ${source.name} changed: ${because}.`, failure);
    case 'differs':
      return new StepError('copy-differs', `The copy of ${what} is not what was sent: ${because}.`, failure);
    default:
      if (failure.cause instanceof HypervisorError) return failure.cause;
      return new StepError('copy-broke-off', `The copying of ${what} broke off: ${because}.`, failure);
  }
}
