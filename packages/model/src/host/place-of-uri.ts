const ports: Readonly<Record<string, number>> = { tcp: 16_509, ssh: 22, libssh: 22, libssh2: 22 };

/** Where a URI of libvirt leads; null: not to another host. */
export function placeOfUri(uri: string): { name: string; port: number } | null {
  const form = /^[a-z]+(?:\+([a-z0-9]+))?:\/\/(?:[^@/?#]*@)?(?:\[([^\]]+)\]|([^:/?#]+))(?::(\d+))?/i;
  const [, transport = 'tls', address, name, port] = form.exec(uri) ?? [];
  const place = address ?? name;
  if (place === undefined) return null;
  return { name: place, port: port === undefined ? (ports[transport] ?? 16_514) : Number(port) };
}
