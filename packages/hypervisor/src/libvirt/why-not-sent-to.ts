import { isIP } from 'node:net';
import { leadsBack } from '@ferry/libvirt';

const form = /^tcp:(?:\/\/)?(?:\[([0-9a-f:.]+)\]|(\w[\w.-]*)):(\d{1,5})\/?$/i;

/**
 * Why the source is not told to send a guest to the address that its target named; null when it is. The libvirtd of the
 * source opens it as root, and a target that was taken over must not have it open a socket of its own, or its loopback.
 */
export function whyNotSentTo(uri: string): string | null {
  const [, address, name = address ?? '', port] = form.exec(uri) ?? [];
  if (port === undefined) return `it named "${uri.slice(0, 200)}", and tcp:HOST:PORT is what is sent to`;
  if (Number(port) < 1 || Number(port) > 65_535) return `it named the port ${port} in "${uri}"`;
  if (leadsBack(name) || /(?:^|\.)localhost\.?$/i.test(name) || isOddNumber(name))
    return `it named "${uri}", by which each host finds itself: set migration_host in its /etc/libvirt/qemu.conf, or a host name in its DNS or /etc/hosts that is not the loopback`;
  return null;
}

/** An address in one of the spellings that are not the usual one. */
function isOddNumber(name: string): boolean {
  return /(?:^|\.)(?:0x[0-9a-f]*|\d+)\.?$/i.test(name) && isIP(name) === 0;
}
