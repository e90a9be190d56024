import { createHash } from 'node:crypto';
import type { FileState } from '@ferry/hypervisor';
import type { FileCopy } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { type MoveContext, sourceOf } from '../context/move-context.ts';

/** A file of the source that is not what was copied of it. */
export interface ChangedFile {
  readonly path: string;
  readonly what: string;
}

/**
 * Files that were copied and are something else at the source now, by what their host tells of them: length, and when they
 * were written and touched last, to the nanosecond.
 */
export async function changedFiles(context: MoveContext): Promise<ChangedFile[]> {
  const { store } = context.services;
  const migration = await store.migrations.byId(context.input.migrationId);
  const changed: ChangedFile[] = [];
  for (const copy of migration?.copies ?? []) {
    const what = await changeOf(context, copy);
    if (what !== null) changed.push({ path: copy.path, what });
  }
  return changed;
}

async function changeOf(context: MoveContext, { path, source, state }: FileCopy): Promise<string | null> {
  if (state !== 'done' || source === null) return null;
  const { storage } = sourceOf(context);
  // Of one that is gone the copy is all there is.
  if ((await storage.image(path, { signal: context.signal })) === null) return null;
  const now = await storage.fileState(path, { signal: context.signal });
  return sameFile(source, now, comparesTouch(context, path))
    ? null
    : `it was ${words(source)}; it is ${words(now)}`;
}

/** Who else reads a file has its owner changed, and a guest that ends has that of all that it stood on. */
function comparesTouch({ input }: MoveContext, path: string): boolean {
  return (
    input.plan.warm === null &&
    input.plan.disks.some((disk) => disk.action === 'copy' && !disk.readOnly && disk.path === path)
  );
}

function sameFile(one: NonNullable<FileCopy['source']>, other: FileState, touch: boolean): boolean {
  if (one.lengthBytes !== other.lengthBytes || one.changedAt !== other.changedAt) return false;
  const [before, now] = [one.touchedAt ?? null, other.touchedAt ?? null];
  return !touch || before === null || now === null || before === now;
}

function words({ lengthBytes, changedAt, touchedAt = null }: FileState): string {
  const touched = touchedAt === null ? '' : `, touched ${touchedAt}`;
  return `${lengthBytes} bytes, written ${changedAt ?? '(not told)'}${touched}`;
}

/** What tells that a domain is defined as it was: its definition, and the names of its snapshots and checkpoints. */
export async function fingerprintOf(
  { hypervisor }: Services,
  uri: string,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  const { domains } = hypervisor.host(uri);
  const [xml, { snapshots, checkpoints }] = await Promise.all([
    domains.definition(id, { signal }),
    domains.records(id, { signal }),
  ]);
  const names = [...snapshots, ...checkpoints].map(({ name }) => name);
  return createHash('sha256')
    .update(JSON.stringify([xml, ...names]))
    .digest('hex');
}
