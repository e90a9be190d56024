/** Which packets are meant, seen from the host. */
export interface TrafficFilter {
  /** Packets that go to this address. */
  readonly to?: string;
  /** Packets that come from this address. */
  readonly from?: string;
  /** Only TCP with this port on either end, for example 16509 for libvirt's own connections. */
  readonly port?: number;
}

/** An nftables script that drops these packets, in a table of its own. */
export function dropRules(table: string, which: TrafficFilter): string {
  const ports = which.port === undefined ? [''] : [`tcp sport ${which.port} `, `tcp dport ${which.port} `];
  const lines = [`add table inet ${table}`];
  const chain = (name: string, hook: 'input' | 'output', address: string): void => {
    lines.push(`add chain inet ${table} ${name} { type filter hook ${hook} priority 0; }`);
    for (const port of ports) lines.push(`add rule inet ${table} ${name} ${address} ${port}drop`);
  };
  if (which.to !== undefined) chain('leaving', 'output', `ip daddr ${which.to}`);
  if (which.from !== undefined) chain('coming', 'input', `ip saddr ${which.from}`);
  return `${lines.join('\n')}\n`;
}
