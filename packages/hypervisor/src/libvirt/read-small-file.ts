import { randomUUID } from 'node:crypto';
import { type DomainRef, downloadVolume, type StorageVolumeRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { escapeXml } from '../xml/write-xml.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';

/** What of a file is read: all of one that must not be larger, or so much of the end of one that may be. */
type SmallPart = { readonly maxBytes: number } | { readonly lastBytes: number };

/** What the kernel shows its settings in has a page. */
const defaultPart: SmallPart = { maxBytes: 65_536 };

/**
 * The text of a small file of a host, such as the kernel shows its settings in, or what stands at the end of a larger one;
 * null when nothing is there. Throws HypervisorError, `refused` for a file that is larger than it may be: a host decides
 * how much comes, and not how much is kept.
 */
export async function readSmallFile(
  connection: HostConnection,
  pools: LibvirtPools,
  path: string,
  call: Call,
  part: SmallPart = defaultPart,
): Promise<string | null> {
  const vol = await pools.volume(path, call);
  if (vol === null) return null;
  const ofEnd = 'lastBytes' in part;
  const offsetBytes = ofEnd ? await startOf(connection, vol, part.lastBytes, call) : 0;
  const maxBytes = ofEnd ? part.lastBytes : part.maxBytes;
  const own = await connection.open(call);
  const parts: Uint8Array[] = [];
  let keptBytes = 0;
  try {
    for await (const chunk of downloadVolume(own, vol, { ...call, offsetBytes })) {
      if (chunk.kind !== 'data') continue;
      const rest = maxBytes - keptBytes;
      if (chunk.bytes.length > rest && !ofEnd) throw tooLarge(connection, path, maxBytes);
      // A file whose end is read may grow meanwhile.
      parts.push(chunk.bytes.subarray(0, rest));
      keptBytes += Math.min(chunk.bytes.length, rest);
      if (ofEnd && keptBytes === maxBytes) break;
    }
  } catch (error) {
    throw connection.errorOf(error);
  } finally {
    own.destroy();
  }
  return Buffer.concat(parts).toString('latin1').trim();
}

function tooLarge({ uri }: HostConnection, path: string, maxBytes: number): HypervisorError {
  const message = `${uri}: ${path} has more than the ${maxBytes} bytes that are read of it`;
  return new HypervisorError('refused', uri, message);
}

async function startOf(
  connection: HostConnection,
  vol: StorageVolumeRef,
  lastBytes: number,
  call: Call,
): Promise<number> {
  const { capacity } = await connection.call('storageVolGetInfo', { vol }, call);
  return Math.max(0, Number(capacity) - lastBytes);
}

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
