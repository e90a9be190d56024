import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LabError } from './lab-error.ts';
import { must } from './run.ts';

/** Files of the guest's sources that go into the agent's initrd. */
export const agentSources = ['agent', 'shutdown'] as const;

/** What the agent is made of, beside the libraries that its Debian package depends on. */
interface AgentParts {
  /** Where the parts are worked on. */
  readonly work: string;
  /** `lab/guest`. */
  readonly sources: string;
  /** The modules of the guest's kernel: a folder with `drivers` in it. */
  readonly kernel: string;
}

/**
 * Makes `agent-initrd.gz`: the guest's initrd, and behind it a second one with QEMU's guest agent (Debian's), the libraries
 * that it is linked with, and the module of its port. A kernel unpacks both, the second over the first.
 */
export async function packAgent({ work, sources, kernel }: AgentParts): Promise<void> {
  const root = join(work, 'agent');
  const debs = join(work, 'agent-debs');
  const unpacked = join(work, 'agent-unpacked');
  for (const directory of [debs, unpacked, join(root, 'sbin'), join(root, 'usr/bin'), join(root, 'lib64')])
    mkdirSync(directory, { recursive: true });
  await must(['apt-get', '-o', 'APT::Sandbox::User=root', 'download', ...(await agentPackages())], {
    cwd: debs,
    timeoutMs: 600_000,
  });
  for (const file of readdirSync(debs)) await must(['dpkg', '-x', join(debs, file), unpacked]);
  const agent = join(unpacked, 'usr/sbin/qemu-ga');
  copyFileSync(agent, join(root, 'usr/bin/qemu-ga'));
  const files = new Map((await filesUnder(unpacked)).map((path) => [basename(path), path]));
  mkdirSync(join(root, 'lib/modules'), { recursive: true });
  for (const name of await linkedWith(agent, files)) {
    const from = files.get(name);
    if (from === undefined) throw new LabError(`no package of the guest agent's has ${name}`);
    // Where a program says that its loader is; the loader looks for all others in /lib.
    copyFileSync(from, join(root, name.startsWith('ld-linux') ? 'lib64' : 'lib', name));
  }
  for (const name of agentSources)
    cpSync(join(sources, name), join(root, name === 'agent' ? name : `sbin/${name}`));
  copyFileSync(join(kernel, 'drivers/char/virtio_console.ko'), join(root, 'lib/modules/virtio_console.ko'));
  const order = readFileSync(join(work, 'root/lib/modules/order'), 'utf8');
  writeFileSync(join(root, 'lib/modules/order'), `${order}\nvirtio_console`);
  await must(
    [
      'sh',
      '-c',
      'chmod -R +x agent sbin && find . | cpio -o -H newc --quiet | gzip -1 > ../agent.gz && cat ../initrd.gz ../agent.gz > ../agent-initrd.gz',
    ],
    { cwd: root },
  );
}

/** The package and all that it depends on for its libraries. */
async function agentPackages(): Promise<string[]> {
  const kinds = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const depends = ['apt-cache', 'depends', '--recurse', ...kinds.map((kind) => `--no-${kind}`)];
  const told = await must([...depends, 'qemu-guest-agent']);
  const names = told.split('\n').filter((line) => /^(?:qemu-guest-agent|lib[a-z0-9.+-]+)$/.test(line));
  return [...new Set(names)].filter((name) => !name.endsWith('-perl') && !name.startsWith('libperl'));
}

async function filesUnder(directory: string): Promise<string[]> {
  return (await must(['find', directory, '-name', '*.so*', '-printf', '%p\n'])).trim().split('\n');
}

/** Names of the libraries that a program needs, theirs included. */
async function linkedWith(program: string, files: ReadonlyMap<string, string>): Promise<Set<string>> {
  const found = new Set(['ld-linux-x86-64.so.2']);
  const look = async (file: string): Promise<void> => {
    for (const [, name = ''] of (await must(['readelf', '-d', file])).matchAll(/\(NEEDED\).*\[(.+)\]/g)) {
      if (found.has(name)) continue;
      found.add(name);
      const path = files.get(name);
      if (path !== undefined) await look(path);
    }
  };
  await look(program);
  return found;
}
