/** Where a disk on the network is. */
export interface NetworkSource {
  /** libvirt's word: `nbd`, `iscsi`, `nfs`, `rbd`. */
  readonly protocol: string;
  /** Export, volume or file on the server; empty where the protocol needs none. */
  readonly name: string;
  /** Servers as `host:port`, or `unix:PATH` for a socket of the hypervisor's own host. */
  readonly servers: readonly string[];
  /** The hypervisor's own description of it, with whom to name to the server, so that another host can try it. */
  readonly description: string;
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?::\d+)?$/i;

/** Servers that another host means something else by: sockets and loopback addresses. */
export function serversOfOneHost({ servers }: NetworkSource): string[] {
  return servers.filter((server) => server.startsWith('unix:') || loopback.test(server));
}
