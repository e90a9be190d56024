import type { ColdCopyWorld } from './cold-copy-world.ts';

/** One way of bringing the image to the target; milliseconds until it is on the target's disk. */
export type CopyByHand = (world: ColdCopyWorld, path: string) => Promise<number>;

async function timed(world: ColdCopyWorld, path: string, copy: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await copy();
  // Ferry's copies are on the disk when they count as done: so are these.
  await world.target.execOk(['sync', path]);
  return performance.now() - start;
}

const long = { timeoutMs: 600_000 };
const ssh = 'ssh -o BatchMode=yes';

/** The tools that people use, on the same hosts. */
export const byHand: Readonly<Record<string, CopyByHand>> = {
  scp: (world, path) =>
    timed(world, path, () =>
      world.source.execOk(
        ['scp', '-q', '-o', 'BatchMode=yes', path, `root@${world.target.address}:${path}`],
        long,
      ),
    ),
  'rsync --sparse': (world, path) =>
    timed(world, path, () =>
      world.source.execOk(
        ['rsync', '--sparse', '-e', ssh, path, `root@${world.target.address}:${path}`],
        long,
      ),
    ),
  'virsh vol-download | vol-upload': async (world, path) => {
    const { source, target } = world;
    const name = path.split('/').at(-1) ?? '';
    const size = (await source.execOk(['stat', '-c', '%s', path])).trim();
    await source.virsh('pool-refresh', 'default');
    return timed(world, path, async () => {
      await target.virsh('vol-create-as', 'default', name, size, '--allocation', '0', '--format', 'raw');
      const down = `virsh -q vol-download --pool default ${name} /dev/stdout`;
      const up = `virsh -q -c ${target.uri} vol-upload --pool default ${name} /dev/stdin`;
      const { code, stderr } = await source.exec(['bash', '-o', 'pipefail', '-c', `${down} | ${up}`], long);
      if (code !== 0) throw new Error(stderr);
    });
  },
  'socat (raw TCP)': (world, path) =>
    timed(world, path, async () => {
      const listening = world.target.execOk(
        ['socat', '-u', '-b1048576', 'TCP-LISTEN:7777,reuseaddr', `CREATE:${path}`],
        long,
      );
      const to = `TCP:${world.target.address}:7777,retry=50,interval=0.02`;
      await world.source.execOk(['socat', '-u', '-b1048576', `FILE:${path}`, to], long);
      await listening;
    }),
};
