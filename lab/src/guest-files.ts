import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { baseContent, baseContentMib } from './base-content.ts';
import type { Say } from './prerequisites.ts';
import { cacheDirectory, recipeOf, defaultRelease } from './recipe.ts';
import { agentSources, packAgent } from './pack-agent.ts';
import { must } from './run.ts';
import { unpackKernel } from './unpack-kernel.ts';

const sources = join(import.meta.dirname, '../guest');
/** Size that the guest sees of its disk. */
export const guestDiskMib = 256;

// Order matters: virtio_ring before virtio.
const modules = [
  'drivers/virtio/virtio_ring',
  'drivers/virtio/virtio',
  'drivers/virtio/virtio_pci_modern_dev',
  'drivers/virtio/virtio_pci_legacy_dev',
  'drivers/virtio/virtio_pci',
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/net/virtio_net',
  'drivers/block/virtio_blk',
];

/** Changes with everything that goes into the guest: a lab that runs keeps the guest it was brought up with. */
export const guestDirectory: string = join(cacheDirectory, `guest-${guestHash()}`);

/** Makes the guest once: Debian's cloud kernel, an initrd of busybox and the workload, and a base image of known content. */
export async function ensureGuestFiles(say: Say): Promise<void> {
  if (existsSync(guestDirectory)) return;
  say(
    `about to make the guest in ${guestDirectory}: Debian's cloud kernel, busybox, a small workload (about 80 MB, once)`,
  );
  const work = `${guestDirectory}.unfinished-${process.pid}`;
  mkdirSync(work, { recursive: true });
  await fetchKernelAndBusybox(work);
  await packInitrd(work);
  await makeBaseImage(work);
  for (const scrap of [
    'debs',
    'kernel',
    'busybox',
    'root',
    'base.raw',
    'agent',
    'agent-debs',
    'agent-unpacked',
    'agent.gz',
  ]) {
    rmSync(join(work, scrap), { recursive: true, force: true });
  }
  renameSync(work, guestDirectory);
}

function guestHash(): string {
  const hash = createHash('sha256').update(JSON.stringify([5, modules, baseContentMib, guestDiskMib]));
  for (const name of ['guestd.c', 'init', ...agentSources]) hash.update(readFileSync(join(sources, name)));
  return hash.digest('hex').slice(0, 12);
}

async function fetchKernelAndBusybox(work: string): Promise<void> {
  const debs = join(work, 'debs');
  mkdirSync(debs);
  try {
    await downloadDebs(debs);
  } catch {
    // The machine's package lists are missing, or older than what the mirror holds.
    await must(['apt-get', 'update', '-qq'], { timeoutMs: 300_000 });
    await downloadDebs(debs);
  }
  for (const file of readdirSync(debs)) {
    await must([
      'dpkg',
      '-x',
      join(debs, file),
      join(work, file.startsWith('busybox') ? 'busybox' : 'kernel'),
    ]);
  }
  const boot = join(work, 'kernel/boot');
  const image = readdirSync(boot).find((name) => name.startsWith('vmlinuz')) ?? '';
  await unpackKernel(join(boot, image), join(work, 'kernel.elf'));
}

async function downloadDebs(directory: string): Promise<void> {
  const argv = ['apt-cache', 'depends', '--no-recommends', '--no-suggests', 'linux-image-cloud-amd64'];
  // The named package is empty and depends on the kernel of the day.
  const kernel = /Depends: (linux-image-\S+)/.exec(await must(argv))?.[1] ?? 'linux-image-cloud-amd64';
  // The _apt user cannot write here; root downloads.
  const apt = ['apt-get', '-o', 'APT::Sandbox::User=root', 'download', kernel, 'busybox-static'];
  await must(apt, { cwd: directory, timeoutMs: 600_000 });
}

async function packInitrd(work: string): Promise<void> {
  const root = join(work, 'root');
  for (const directory of ['bin', 'proc', 'sys', 'dev', 'lib/modules'])
    mkdirSync(join(root, directory), { recursive: true });
  const busybox = ['bin/busybox', 'usr/bin/busybox']
    .map((path) => join(work, 'busybox', path))
    .find(existsSync);
  copyFileSync(busybox ?? '', join(root, 'bin/busybox'));
  await must([
    'gcc',
    '-O2',
    '-Wall',
    '-static',
    '-pthread',
    '-o',
    join(root, 'bin/guestd'),
    join(sources, 'guestd.c'),
  ]);
  cpSync(join(sources, 'init'), join(root, 'init'));
  const library =
    ['lib/modules', 'usr/lib/modules'].map((path) => join(work, 'kernel', path)).find(existsSync) ?? '';
  const [release = ''] = readdirSync(library);
  for (const module of modules) {
    const name = module.split('/').at(-1) ?? '';
    copyFileSync(join(library, release, 'kernel', `${module}.ko`), join(root, 'lib/modules', `${name}.ko`));
  }
  writeFileSync(
    join(root, 'lib/modules/order'),
    modules.map((module) => module.split('/').at(-1)).join('\n'),
  );
  const kernel = join(library, release, 'kernel');
  await must(['sh', '-c', 'chmod +x init && find . | cpio -o -H newc --quiet | gzip -1 > ../initrd.gz'], {
    cwd: root,
  });
  await packAgent({ work, sources, kernel });
}

/** The base image is made with the hosts' own qemu-img, inside their root. */
async function makeBaseImage(work: string): Promise<void> {
  writeFileSync(join(work, 'base.raw'), baseContent());
  const script = [
    'set -e',
    `mount --make-rprivate / && mount --bind "$1" "$2/mnt"`,
    `exec chroot "$2" sh -c 'qemu-img convert -q -f raw -O qcow2 /mnt/base.raw /mnt/base.qcow2 && qemu-img resize -q /mnt/base.qcow2 ${guestDiskMib}M'`,
  ].join('; ');
  await must(
    ['unshare', '-m', 'bash', '-c', script, 'make-base', work, recipeOf(defaultRelease).rootDirectory],
    {
      timeoutMs: 120_000,
    },
  );
}
