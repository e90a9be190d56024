import { until } from '@ferry/lab';
import type { ColdCopyWorld } from './cold-copy-world.ts';
import { serveOnce } from './serve-once.ts';

/** How Ferry is made to copy. */
export type FerryWay = 'encrypted' | 'trusted' | 'streams';

/**
 * A cold migration of an instance that is off, by `ferry serve`: milliseconds of its copying, from looking for the ways
 * to the verified file on the target's disk. What is checked, recorded and removed beside that is not counted, as it is
 * not with the others.
 */
export async function ferryCopy(world: ColdCopyWorld, way: FerryWay, path: string): Promise<number> {
  const { lab, source, target, access } = world;
  const uris = lab.hosts.map((host) => access.uri(host));
  return serveOnce(lab, uris, async (client) => {
    for (const host of lab.hosts) {
      const uri = way === 'streams' ? host.uri : access.uri(host);
      await client.addHost({ uri, peerUri: host.uri });
      await client.setHost(host.name, {
        allowedDirectories: ['/lab', '/var/lib/libvirt', '/var/log/guests'],
      });
    }
    if (way === 'trusted') await client.setHost(target.name, { trustedCopyAddress: target.address });
    await client.adoptInstance({ host: source.name, domain: 'article' });
    const { id } = await client.migrate('article', { kind: 'cold-migration', host: target.name });
    const end = await until('the end of the migration', 600_000, async () => {
      const migration = await client.migration(id);
      return migration.finishedAt === null ? null : migration;
    });
    const elapsedMs = end.copies.find((one) => one.path === path)?.elapsedMs ?? null;
    if (elapsedMs === null || end.status !== 'confirmed') throw new Error(JSON.stringify(end.error));
    return elapsedMs;
  });
}
