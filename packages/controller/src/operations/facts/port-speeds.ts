import type { Store } from '../../store/store.ts';

/** A port of 1 Gbit/s, of which 94 % carry data, where no transfer was measured and no policy says. */
const assumedBytesPerSecond = 117_500_000;

/** What the port of a host carries in one direction, bytes a second: as transfers have shown, else as the default policy says. */
export async function portSpeeds({
  fleet,
  policies,
}: Pick<Store, 'fleet' | 'policies'>): Promise<(hostId: string) => number> {
  const [ports, known] = await Promise.all([fleet.ports(), policies.list()]);
  const said = known.find(({ scope }) => scope === 'default')?.values.linkBytesPerSecond ?? null;
  return (hostId) => ports.get(hostId) ?? said ?? assumedBytesPerSecond;
}
