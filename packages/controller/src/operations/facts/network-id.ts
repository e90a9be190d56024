import { createHash } from 'node:crypto';

/** The id by which the OpenStack APIs know a network that hosts know by name: a UUID that follows from the name (version 8 of RFC 9562). */
export function networkId(name: string): string {
  const hex = createHash('sha256').update(`ferry network ${name}`).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
