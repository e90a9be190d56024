/** The host that a libvirt URI names; null for one that means the machine itself. */
export function addressOf(uri: string): string | null {
  const { hostname } = new URL(uri);
  // An IPv6 address stands in brackets in a URI, and nowhere else.
  return hostname === '' ? null : hostname.replace(/^\[(.*)\]$/, '$1');
}
