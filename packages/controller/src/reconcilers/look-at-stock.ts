import type { Call, HypervisorHost } from '@ferry/hypervisor';
import { type Host, type HostStock, mappedPath, ownValue, type StockWanted } from '@ferry/model';

/** What was asked of a directory a few minutes ago still holds: a host looks through all files of it for that. */
const roomForMs = 600_000;

interface StockContext {
  readonly before: HostStock | null;
  /** UTC ISO 8601. */
  readonly now: string;
  readonly limits: { readonly inspectMs: number };
}

/**
 * Asks a host for what guests anywhere need of it, as the checks of a move ask it. What it does not tell is left out. Directories
 * that it lacks are asked for each time: somebody may have made them.
 */
export async function lookAtStock(
  host: Host,
  there: HypervisorHost,
  wanted: StockWanted,
  { before, now, limits }: StockContext,
): Promise<HostStock> {
  const call: Call = { deadlineMs: limits.inspectMs };
  const isFresh = before !== null && Date.parse(now) - Date.parse(before.at) < roomForMs;
  const rooms = isFresh ? before.bytes : {};
  const bytes: Record<string, number> = { ...rooms };
  const lacks: string[] = [];
  for (const directory of wanted.directories) {
    if (rooms[directory] !== undefined) continue;
    const path = mappedPath(directory, host.storage.paths) ?? directory;
    const { present, availableBytes } = await there.storage.room(path, call);
    if (!present) lacks.push(directory);
    else if (availableBytes !== null) bytes[directory] = availableBytes;
  }
  const names = wanted.pools.flatMap((name) => [name, ownValue(host.storage.pools, name) ?? name]);
  const pools = await told(
    [...new Set(names)],
    async (name) => (await there.pools.pool(name, call)) ?? 'absent',
  );
  const byAddress = new Map(wanted.devices.map((one) => [one.address, one]));
  const devices = await told([...byAddress.keys()], async (address) => {
    const device = byAddress.get(address);
    return device === undefined ? null : there.hardware.device(device, call);
  });
  const hardware = wanted.hardware ? await there.hardware.facts(call).catch(() => null) : null;
  const at = isFresh ? before.at : now;
  return { at, bytes, lacks, pools, devices, ...(hardware !== null && { hardware }) };
}

/** By name, of those that the host told of. */
async function told<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T>,
): Promise<Record<string, T>> {
  const answers = await Promise.allSettled(names.map(async (name) => [name, await ask(name)] as const));
  return Object.fromEntries(answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}
