import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spareRoomBytes } from '@ferry/model';
import { type MoveContext, sourceOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import { overlaysOf } from './overlaid-disks.ts';

/** A look has the host read its directory; a guest does not fill a disk between two. */
const looksApart = 10;

/**
 * Runs work while the guest writes to overlays, and ends it when there is hardly more room left at the source than merging
 * them back takes. Throws `source-full` then.
 */
export async function guardRoom<T>(
  context: MoveContext,
  round: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const full = new AbortController();
  const watching = watch(context, round, AbortSignal.any([signal, over.signal]), full);
  try {
    return await work(AbortSignal.any([signal, full.signal]));
  } catch (error) {
    throw full.signal.aborted ? full.signal.reason : error;
  } finally {
    over.abort();
    await watching;
  }
}

async function watch(
  context: MoveContext,
  round: number,
  signal: AbortSignal,
  full: AbortController,
): Promise<void> {
  const { limits, log } = context.services;
  while (!signal.aborted) {
    try {
      await requireRoom(context, round, signal);
      await sleep(limits.pollMs * looksApart, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StepError) return full.abort(error);
      log.debug({ error }, 'the room at the source could not be looked at');
      await sleep(limits.pollMs * looksApart, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function requireRoom(context: MoveContext, round: number, signal: AbortSignal): Promise<void> {
  const { storage } = sourceOf(context);
  const taken = new Map<string, number>();
  for (let number = 1; number <= round; number += 1) {
    for (const path of overlaysOf(context, number)) {
      const bytes = (await storage.image(path, { signal }))?.allocationBytes ?? 0;
      taken.set(dirname(path), (taken.get(dirname(path)) ?? 0) + bytes);
    }
  }
  for (const [directory, overlayBytes] of taken) {
    const { availableBytes } = await storage.room(directory, { signal });
    if (availableBytes === null || availableBytes >= overlayBytes + spareRoomBytes) continue;
    const numbers = `${availableBytes} bytes are free in ${directory}, ${overlayBytes} are to be merged and ${spareRoomBytes} are kept free`;
    throw new StepError(
      'source-full',
      `What the guest writes meanwhile fills ${context.input.source.name}: ${numbers}.`,
    );
  }
}
