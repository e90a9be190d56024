import { type DiskPlan, type DomainFacts, targetPathOf } from '@ferry/model';
import { type MoveContext, sourceOf, targetOf } from '../context/move-context.ts';

/** A file of the guest's own that its source has no more, and the copy of it that this migration has brought to its target. */
interface LostFile {
  readonly path: string;
  /** Null: none, or none that was whole and compared. */
  readonly copy: { readonly path: string; readonly lengthBytes: number } | null;
}

/**
 * Why the guest must not be started, or defined, at its source as it is there: files that it writes to are gone. Of a lost disk libvirt
 * says so itself; where the firmware's variables are gone it makes new ones at the next start, and tells nobody. Null: all of
 * them are there. `known`: what was read of its definition, which may name more files than are copied.
 */
export async function lostFilesProblem(
  context: MoveContext,
  known: DomainFacts | null,
): Promise<string | null> {
  const lost: LostFile[] = [];
  for (const path of ownFiles(context, known)) {
    if ((await sourceOf(context).storage.image(path, { signal: context.signal })) !== null) continue;
    lost.push({ path, copy: await copyOf(context, path) });
  }
  return lost.length === 0 ? null : lost.map((file) => sentence(context, file)).join(' ');
}

/** What it writes to: that a medium is gone keeps nobody from starting. */
function ownFiles({ input }: MoveContext, known: DomainFacts | null): ReadonlySet<string> {
  const planned = input.plan.disks.filter(isItsOwn).map(({ path }) => path);
  const { nvram = null, nextDisks = null, files = [] } = known?.extras ?? {};
  const disks = (nextDisks ?? known?.disks ?? []).filter(({ readOnly }) => !readOnly);
  const read = [...disks, ...(nvram === null ? [] : [nvram]), ...files].map(({ path }) => path);
  return new Set([...planned, ...read].filter((path) => path !== null));
}

function isItsOwn(disk: DiskPlan): boolean {
  if (disk.action === 'copy') return !disk.readOnly || disk.standsStill === true;
  return disk.target === 'nvram';
}

async function copyOf(context: MoveContext, path: string): Promise<LostFile['copy']> {
  const { input, services, signal } = context;
  const migration = await services.store.migrations.byId(input.migrationId);
  const record = migration?.copies.find((one) => one.path === path);
  if (record === undefined || record.state !== 'done' || record.source === null) return null;
  const there = targetPathOf(input.plan, path);
  if ((await targetOf(context).storage.image(there, { signal })) === null) return null;
  const { lengthBytes } = await targetOf(context).storage.fileState(there, { signal });
  // Somebody has put another file there.
  if (lengthBytes !== record.source.lengthBytes) return null;
  return { path: there, lengthBytes };
}

function sentence({ input }: MoveContext, { path, copy }: LostFile): string {
  const { source, target } = input;
  const isVariables = input.plan.disks.some((disk) => disk.target === 'nvram' && disk.path === path);
  const what = isVariables
    ? ' (virsh undefine --nvram): libvirt would start it with new firmware variables'
    : '';
  const offer =
    copy === null
      ? 'Ferry has no whole copy of it: a backup must be brought there'
      : `Ferry has a whole copy of it, compared when it was made, at ${target.name}:${copy.path} (${copy.lengthBytes} bytes): it can be copied back to ${source.name}:${path}`;
  return `${path} is gone from ${source.name}${what}. ${offer}.`;
}
