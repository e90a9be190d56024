import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGuestFiles } from './guest-files.ts';
import { CannotHereError } from './lab-error.ts';
import { labVariable } from './lab-paths.ts';
import { killAll, markedProcesses, until } from './processes.ts';
import {
  cacheDirectory,
  machinePackages,
  type Recipe,
  recipeOf,
  type Release,
  defaultRelease,
} from './recipe.ts';
import { must, run } from './run.ts';
import { withLock } from './with-lock.ts';

/** Tells people what is going on. */
export type Say = (line: string) => void;

/**
 * Makes sure that all the lab needs is there: Debian packages, a root for each release that hosts are to have, the guest.
 * Quick when it is.
 */
export async function ensurePrerequisites(
  say: Say,
  releases: readonly Release[] = [defaultRelease],
): Promise<void> {
  requireRoot();
  mkdirSync(cacheDirectory, { recursive: true });
  // The first of several to come here does the work, the others wait for it.
  await withLock(cacheDirectory, 3_600_000, async () => {
    await ensureMachinePackages(say);
    await removeUnfinished();
    // The guest's image is made inside the usual root, whatever the hosts are.
    for (const release of new Set([defaultRelease, ...releases]))
      await ensureHostRoot(recipeOf(release), say);
    await ensureGuestFiles(say);
  });
}

/** Network namespaces and system libvirt need root; says so instead of failing later. */
export function requireRoot(): void {
  if (process.platform !== 'linux')
    throw new CannotHereError('The lab needs Linux: its hosts are network namespaces.');
  if (process.getuid?.() !== 0) {
    throw new CannotHereError(
      'The lab needs root (namespaces, overlay mounts): run it with sudo. `make test-fast` needs none.',
    );
  }
}

async function ensureMachinePackages(say: Say): Promise<void> {
  const { stdout } = await run([
    'dpkg-query',
    '-W',
    '-f=${Package} ${db:Status-Status}\\n',
    ...machinePackages,
  ]);
  const installed = new Set(stdout.split('\n'));
  const missing = machinePackages.filter((name) => !installed.has(`${name} installed`));
  if (missing.length === 0) return;
  say(`about to install Debian packages on this machine: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must(['apt-get', 'update', '-qq'], { timeoutMs: 300_000, env });
  await must(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], {
    timeoutMs: 900_000,
    env,
  });
}

async function ensureHostRoot(recipe: Recipe, say: Say): Promise<void> {
  const { release, suites, packages, rootDirectory } = recipe;
  if (existsSync(rootDirectory)) return;
  say(
    `about to make the hosts' Debian ${release} root in ${rootDirectory} (about 500 MB, a minute or two, once)`,
  );
  const unfinished = `${rootDirectory}.unfinished-${process.pid}`;
  // In namespaces of its own: its mounts are nobody else's, and it can be ended whole.
  const argv = [
    'unshare',
    '-m',
    '-p',
    '-f',
    '--kill-child',
    '--mount-proc',
    'mmdebstrap',
    '--variant=minbase',
  ];
  const [base = '', ...newer] = suites;
  // apt takes a package of backports only when it is told that this is the release to have.
  const prefer = newer.map((suite) => `--aptopt=APT::Default-Release "${suite}"`);
  const mirror = await debianMirror();
  const sources = suites.map((suite) => `deb ${mirror} ${suite} main`);
  const what = ['--components=main', ...prefer, `--include=${packages.join(',')}`, base, unfinished];
  await must([...argv, ...what, ...sources], {
    timeoutMs: 1_800_000,
    env: { ...process.env, [labVariable]: cacheDirectory },
  });
  renameSync(unfinished, rootDirectory);
}

/** What killed set-ups left, some of it still at work. The lock is held: no other set-up is under way. */
async function removeUnfinished(): Promise<void> {
  await until('set-ups that were killed end', 10_000, () => {
    const left = markedProcesses(cacheDirectory);
    killAll(left);
    return left.length === 0 || null;
  });
  for (const entry of readdirSync(cacheDirectory)) {
    // Never into a mount: a half-made root may have the machine's own /dev in it.
    if (entry.includes('.unfinished-'))
      await must(['rm', '-rf', '--one-file-system', join(cacheDirectory, entry)]);
  }
}

/** The mirror that this machine itself uses. */
async function debianMirror(): Promise<string> {
  const { stdout } = await run(['apt-get', 'indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  const sites = stdout.split('\n').filter((site) => /\/debian\/?$/.test(site));
  return sites[0] ?? 'http://deb.debian.org/debian';
}
