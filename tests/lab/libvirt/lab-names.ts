import { writeFileSync } from 'node:fs';
import type { Lab, LabHost } from '@ferry/lab';

export const domain = 'lab.example';

/** The full name that a host has in the tests. */
export function nameOf(host: LabHost): string {
  return `${host.name}.${domain}`;
}

/** Writes a file in the form of /etc/hosts, by which a lab's hosts are found by their full names. */
export function writeNames(lab: Lab, file: string): void {
  const names = lab.hosts.map((host) => `${host.address} ${nameOf(host)} ${host.name}\n`);
  writeFileSync(file, `127.0.0.1 localhost\n${names.join('')}`);
}
