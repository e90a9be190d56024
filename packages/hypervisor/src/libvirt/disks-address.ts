import type { PeerAddress } from '../contract/host-migration.ts';

/**
 * Where the target's QEMU waits for copied disks: the host of the URI that Prepare gave, the port of its cookie
 * (`<qemu-migration>…<nbd port='49153'/>`, libvirt's qemu_migration_cookie.c). Null when either is not told.
 */
export function disksAddress(uri: string, cookie: Uint8Array): PeerAddress | null {
  const host = /^(?:tcp|rdma):(?:\/\/)?(?:\[([^\]]+)\]|([^:/]+))/.exec(uri);
  const port = /<nbd\b[^>]*\bport='(\d+)'/.exec(Buffer.from(cookie).toString('utf8'))?.[1];
  const name = host?.[1] ?? host?.[2];
  return name === undefined || port === undefined ? null : { host: name, port: Number(port) };
}
