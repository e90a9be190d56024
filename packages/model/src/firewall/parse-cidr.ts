/** Addresses with a common beginning. */
export interface Cidr {
  readonly family: 'IPv4' | 'IPv6';
  readonly address: string;
  readonly prefix: number;
}

const bits = { IPv4: 32, IPv6: 128 } as const;

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; null for what is none. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0) return null;
  const family = isIpv4(address) ? 'IPv4' : isIpv6(address) ? 'IPv6' : null;
  if (family === null) return null;
  if (length === undefined) return { family, address, prefix: bits[family] };
  const prefix = Number(length);
  if (!/^\d{1,3}$/.test(length) || prefix > bits[family]) return null;
  return { family, address, prefix };
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291, without an IPv4 address at the end. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}
