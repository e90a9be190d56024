import { HypervisorError } from '@ferry/hypervisor';
import { devicesOnlyIn, type DomainFacts, overlayPaths, targetPathOf, unknownFiles } from '@ferry/model';
import { type MoveContext, sourceOf, targetOf } from '../context/move-context.ts';
import { madeOf } from '../files/made-paths.ts';

/** What a domain has on one side of a move that is none of the move's, so that nothing of the move takes it away or brings it along. */
export interface StaysBehind {
  /** Files, each with what is to be said of it. */
  readonly files: readonly { readonly path: string; readonly because: string }[];
  /** Devices that only its definition there has, in words: they are gone with it. */
  readonly devices: readonly string[];
}

const nothing: StaysBehind = { files: [], devices: [] };

/**
 * Looks at what people have given the guest on one side of its move, or what has come there otherwise: a disk that was attached, an
 * overlay of a snapshot, another medium, an interface. To be done while the domain is still there, and best while it runs, since what only its
 * life has ends with that. Changes nothing.
 */
export async function lookWhatStays(context: MoveContext, side: 'source' | 'target'): Promise<StaysBehind> {
  const { input, signal } = context;
  const [one, other] =
    side === 'source' ? [sourceOf(context), targetOf(context)] : [targetOf(context), sourceOf(context)];
  const call = { signal, deadlineMs: context.services.limits.inspectMs };
  const domain = await one.domains.domain(input.instanceId, { signal });
  if (domain === null) return nothing;
  const known = await knownFiles(context, side);
  const there = input[side].name;
  const to = side === 'source' ? input.target.name : input.source.name;
  return {
    files: unknownFiles(domain, (path) => known.has(path)).map(({ path, as, size }) => ({
      path,
      because: sentence({ as, size, there, to }),
    })),
    devices: await devicesMore(domain, () => other.domains.domain(input.instanceId, call), signal),
  };
}

/** Writes down what stays, before the definition that names it goes. Doing it twice changes nothing. */
export async function sayWhatStays(
  { input, services }: MoveContext,
  side: 'source' | 'target',
  { files, devices }: StaysBehind,
): Promise<void> {
  const { migrations } = services.store;
  const host = input[side].name;
  for (const { path, because } of files) await migrations.setKept(input.migrationId, { host, path }, because);
  if (devices.length > 0)
    await migrations.tell(input.migrationId, [devicesGone(input.instanceName, host, devices)]);
}

/** The same right before the definition goes. */
export async function sayWhatStaysNow(context: MoveContext, side: 'source' | 'target'): Promise<void> {
  await sayWhatStays(context, side, await lookWhatStays(context, side));
}

/** Of what is no file: the definition that had it is not there any more. */
export function devicesGone(name: string, host: string, devices: readonly string[]): string {
  return `the definition of ${name} on ${host} had more, which is gone with it: ${devices.join(', ')}`;
}

function sentence(what: { as: string; size: string | null; there: string; to: string }): string {
  const size = what.size === null ? '' : ` (${what.size})`;
  return (
    `the guest had it on ${what.there} as ${what.as}${size}. It came with no move of Ferry's: somebody else has made it or given it to the guest, and it stays. ` +
    `If the guest needs it, copy it to ${what.to} and attach it there; else delete it.`
  );
}

/** Of another side that does not answer nothing is told: what is to be taken away does not wait for it. */
async function devicesMore(
  domain: DomainFacts,
  other: () => Promise<DomainFacts | null>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const there = await other();
    return there === null ? [] : devicesOnlyIn(domain, there);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HypervisorError) return [];
    throw error;
  }
}

/** What the move knows of on that side: all that its plan names, overlays of its own, and what it has made. */
async function knownFiles(context: MoveContext, side: 'source' | 'target'): Promise<ReadonlySet<string>> {
  const { plan, migrationId } = context.input;
  const planned = plan.disks.flatMap(({ path, backing = [] }) => [
    ...(path === null ? [] : [path, ...overlayPaths(path, migrationId)]),
    ...backing.map((base) => base.path),
  ]);
  const files = [...planned, ...(plan.sent ?? []).map(({ path }) => path)];
  if (side === 'source') return new Set(files);
  const made = (await madeOf(context)) ?? [];
  // A disk that is kept is there under the source's name, unless somebody has said where it is.
  return new Set([...files, ...files.map((path) => targetPathOf(plan, path)), ...made]);
}
