import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';

/** Where running labs keep their state. */
export const stateDirectory: string = process.env['FERRY_LAB_STATE'] ?? '/var/lib/ferry-lab';

/** Where iproute2 keeps named network namespaces. */
export const namespaceDirectory = '/run/netns';

/** Names of everything that belongs to one lab. */
export interface LabPaths {
  readonly name: string;
  readonly directory: string;
  readonly shared: string;
  /** What is known of the lab from outside. */
  readonly record: string;
  readonly fabric: string;
  readonly ctl: string;
  /** Every network namespace of the lab starts with it. */
  readonly prefix: string;
  namespace(host: string): string;
  host(host: string): string;
}

/** The paths and names of a lab; its name is part of them all. */
export function labPaths(name: string): LabPaths {
  if (!/^[a-z0-9]{1,12}$/.test(name)) {
    throw new LabError(`"${name}" cannot name a lab: 1 to 12 small letters and digits, for example "main"`);
  }
  const directory = join(stateDirectory, name);
  const prefix = `ferry-${name}-`;
  return {
    name,
    directory,
    prefix,
    shared: join(directory, 'shared'),
    record: join(directory, 'lab.json'),
    fabric: `${prefix}fabric`,
    ctl: `${prefix}ctl`,
    namespace: (host) => prefix + host,
    host: (host) => join(directory, 'hosts', host),
  };
}

/** Stands in the environment of all that a lab starts, with the lab's directory: how its processes are known again. */
export const labVariable = 'FERRY_LAB_PROCESS';

/** The environment for a process of a lab. */
export function labEnvironment(paths: LabPaths, base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...base, [labVariable]: paths.directory };
}

/** The network namespaces that a lab has now, whoever made them. */
export function namespacesOf(paths: LabPaths): string[] {
  return list(namespaceDirectory).filter((entry) => entry.startsWith(paths.prefix));
}

/** Names of the labs that have left anything behind, running or not. */
export function labNames(): string[] {
  const found = new Set<string>();
  for (const [directory, pattern] of [
    [stateDirectory, /^([a-z0-9]{1,12})$/],
    [namespaceDirectory, /^ferry-([a-z0-9]{1,12})-/],
  ] as const) {
    for (const entry of list(directory)) {
      const name = pattern.exec(entry)?.[1];
      if (name !== undefined) found.add(name);
    }
  }
  return [...found].sort();
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
