import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGuestFiles } from './guest-files.ts';
import { LabError } from './lab-error.ts';
import { cacheDirectory, hostPackages, hostSuite, machinePackages, rootDirectory } from './recipe.ts';
import { must, run } from './run.ts';
import { withLock } from './with-lock.ts';

/** Tells people what is going on. */
export type Say = (line: string) => void;

/** Makes sure that all the lab needs is there: Debian packages, the hosts' root, the guest. Quick when it is. */
export async function ensurePrerequisites(say: Say): Promise<void> {
  requireRoot();
  mkdirSync(cacheDirectory, { recursive: true });
  await withLock(join(cacheDirectory, 'lock'), async () => {
    await ensureMachinePackages(say);
    await ensureHostRoot(say);
    await ensureGuestFiles(say);
  });
}

/** Network namespaces and system libvirt need root; says so instead of failing later. */
export function requireRoot(): void {
  if (process.platform !== 'linux')
    throw new LabError('The lab needs Linux: its hosts are network namespaces.');
  if (process.getuid?.() !== 0) {
    throw new LabError(
      'The lab needs root (namespaces, overlay mounts): run it with sudo. `make test-fast` needs none.',
    );
  }
}

async function ensureMachinePackages(say: Say): Promise<void> {
  const missing: string[] = [];
  for (const name of machinePackages) {
    const { stdout } = await run(['dpkg-query', '-W', '-f=${db:Status-Status}', name]);
    if (stdout !== 'installed') missing.push(name);
  }
  if (missing.length === 0) return;
  say(`about to install Debian packages on this machine: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must(['apt-get', 'update', '-qq'], { timeoutMs: 300_000, env });
  await must(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], {
    timeoutMs: 900_000,
    env,
  });
}

async function ensureHostRoot(say: Say): Promise<void> {
  if (existsSync(rootDirectory)) return;
  say(`about to make the hosts' Debian ${hostSuite} root in ${rootDirectory} (about 500 MB, once)`);
  const unfinished = `${rootDirectory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const mirror = await debianMirror();
  await must(
    [
      'mmdebstrap',
      '--variant=minbase',
      '--components=main',
      `--include=${hostPackages.join(',')}`,
      hostSuite,
      unfinished,
      mirror,
    ],
    { timeoutMs: 1_800_000 },
  );
  renameSync(unfinished, rootDirectory);
}

/** The mirror that this machine itself uses. */
async function debianMirror(): Promise<string> {
  const { stdout } = await run(['apt-get', 'indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  const sites = stdout.split('\n').filter((site) => /\/debian\/?$/.test(site));
  return sites[0] ?? 'http://deb.debian.org/debian';
}
