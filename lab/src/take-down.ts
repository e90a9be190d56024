import { readFileSync, rmSync } from 'node:fs';
import { labPaths } from './lab-paths.ts';
import { until } from './processes.ts';
import { run } from './run.ts';

/**
 * Takes down all that a lab has, found by its name and not by what somebody remembers: it works after any kill.
 * Only processes inside the lab's own namespaces are ended.
 */
export async function takeDown(name: string): Promise<void> {
  const paths = labPaths(name);
  const namespaces = await namespacesOf(paths.prefix);
  for (const namespace of namespaces) {
    await until(`${namespace}: no process left`, 15_000, async () => {
      const pids = await processesIn(namespace);
      for (const pid of pids) kill(pid);
      return pids.length === 0 || null;
    });
  }
  for (const namespace of namespaces) await run(['ip', 'netns', 'del', namespace]);
  for (const mount of mountsUnder(paths.directory)) await run(['umount', '-l', mount]);
  rmSync(paths.directory, { recursive: true, force: true });
}

/** What a lab has left on the machine: empty when it is gone. */
export async function remainsOf(name: string): Promise<string[]> {
  const paths = labPaths(name);
  const namespaces = await namespacesOf(paths.prefix);
  return [
    ...namespaces.map((one) => `namespace ${one}`),
    ...mountsUnder(paths.directory).map((one) => `mount ${one}`),
  ];
}

async function namespacesOf(prefix: string): Promise<string[]> {
  const { stdout } = await run(['ip', 'netns', 'list']);
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((namespace) => namespace.startsWith(prefix));
}

async function processesIn(namespace: string): Promise<number[]> {
  const { stdout } = await run(['ip', 'netns', 'pids', namespace]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the kill.
  }
}

function mountsUnder(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${directory}/`))
    .reverse();
}
