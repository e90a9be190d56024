import { existsSync, readFileSync } from 'node:fs';
import { labPaths, type LabPaths, namespacesOf } from './lab-paths.ts';
import { killAll, markedProcesses, ownLine, processesInNamespaces, until } from './processes.ts';
import { must, run } from './run.ts';

/**
 * Takes down all that a lab has, found by its name and not by what somebody remembers: it works after any kill.
 * Only processes inside the lab's own namespaces, or with its mark in their environment, are ended.
 */
export async function takeDown(name: string): Promise<void> {
  const paths = labPaths(name);
  // A command that a killed `lab up` left running may make one more namespace while others are deleted: look again.
  await until(`lab ${name}: nothing left`, 30_000, async () => {
    // Found and killed in one go, so that no number can pass to another process in between.
    killAll(processesOf(paths));
    if (processesOf(paths).length > 0) return null;
    const namespaces = namespacesOf(paths);
    await Promise.all(namespaces.map((namespace) => run(['ip', 'netns', 'del', namespace])));
    return namespaces.length === 0 ? true : null;
  });
  for (const mount of mountsUnder(paths.directory)) await run(['umount', '-l', mount]);
  // Never into a mount: what a host had mounted may be the machine's own.
  if (existsSync(paths.directory)) await must(['rm', '-rf', '--one-file-system', paths.directory]);
}

/** What a lab has left on the machine: empty when it is gone. */
export function remainsOf(name: string): string[] {
  const paths = labPaths(name);
  return [
    ...processesOf(paths).map((one) => `process ${one}`),
    ...namespacesOf(paths).map((one) => `namespace ${one}`),
    ...mountsUnder(paths.directory).map((one) => `mount ${one}`),
    ...(existsSync(paths.directory) ? [`directory ${paths.directory}`] : []),
  ];
}

/** All processes of a lab but this one and those it was started by: `lab down` may be run inside the lab. */
function processesOf(paths: LabPaths): number[] {
  const found = new Set([...processesInNamespaces(namespacesOf(paths)), ...markedProcesses(paths.directory)]);
  for (const pid of ownLine()) found.delete(pid);
  return [...found];
}

function mountsUnder(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${directory}/`))
    .toReversed();
}
