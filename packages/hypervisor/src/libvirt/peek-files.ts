import { randomUUID } from 'node:crypto';
import type { DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { escapeXml } from '../xml/write-xml.ts';
import type { HostConnection } from './host-connection.ts';

/** libvirt gives so many bytes or none: the longest number that is asked for, with its line's end, and shorter ones after it. */
const longest = 8;

/**
 * The texts of tiny files of a host, in a directory that libvirt cannot take for a pool because one file in it cannot be
 * read. libvirt peeks into disks of domains: for this moment one is defined that names the files as disks. It is never
 * started, and its files are left as they are. Null for one that cannot be read.
 */
export async function peekFiles(
  host: HostConnection,
  paths: readonly string[],
  call: Call,
): Promise<(string | null)[]> {
  const { dom } = await host.call('domainDefineXmlFlags', { xml: domainXml(paths), flags: 0 }, call);
  try {
    const texts: (string | null)[] = [];
    for (const path of paths) texts.push(await peek(host, dom, path, call));
    return texts;
  } finally {
    await host.call('domainUndefineFlags', { dom, flags: 0 }, call);
  }
}

async function peek(host: HostConnection, dom: DomainRef, path: string, call: Call): Promise<string | null> {
  for (let size = longest; size > 0; size -= 1) {
    try {
      const { buffer } = await host.call('domainBlockPeek', { dom, path, offset: 0n, size, flags: 0 }, call);
      return Buffer.from(buffer).toString('latin1').trim();
    } catch (error) {
      if (!(error instanceof HypervisorError && error.code === 'refused')) throw error;
    }
  }
  return null;
}

function domainXml(paths: readonly string[]): string {
  const disks = paths.map(
    (path, number) =>
      `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${escapeXml(path)}'/><target dev='vd${String.fromCodePoint(97 + number)}'/><readonly/></disk>`,
  );
  return `<domain type='qemu'><name>ferry-probe-${randomUUID().slice(0, 8)}</name><memory unit='MiB'>32</memory>
<os><type>hvm</type></os><devices>${disks.join('')}</devices></domain>`;
}
