import { readFileSync, writeFileSync } from 'node:fs';
import type { LabHost } from '@ferry/lab';

/** Settings of libvirtd.conf by their names. */
export type LibvirtdSettings = Readonly<Record<string, string | number | readonly string[]>>;

/** Sets settings of a host's libvirtd.conf, and has its libvirtd go by them. */
export async function configure(host: LabHost, settings: LibvirtdSettings): Promise<void> {
  const file = host.pathOnMachine('/etc/libvirt/libvirtd.conf');
  const kept = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !Object.keys(settings).includes(line.split(' = ')[0] ?? ''));
  const added = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  writeFileSync(file, `${[...kept, ...added].filter((line) => line !== '').join('\n')}\n`);
  // Not SIGTERM: a libvirtd that has just begun may take its time to obey.
  await host.libvirtd.kill('SIGKILL');
  await host.libvirtd.start();
}
