import type { LabHost } from '@ferry/lab';

/** Limits what both hosts send to so many bits a second, inside their namespaces; gives what takes the limit away. */
export function shapeLink(
  { source, target }: { readonly source: LabHost; readonly target: LabHost },
  bitsPerSecond: number,
): Promise<() => Promise<void>> {
  return shapePorts([source, target], bitsPerSecond);
}

/** Limits what each of some hosts sends; gives what takes the limit away. */
export async function shapePorts(
  hosts: readonly LabHost[],
  bitsPerSecond: number,
): Promise<() => Promise<void>> {
  const limit = ['rate', `${bitsPerSecond}bit`, 'burst', '256kb', 'latency', '50ms'];
  for (const host of hosts) await host.execOk(['tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', ...limit]);
  return async () => {
    for (const host of hosts) await host.execOk(['tc', 'qdisc', 'del', 'dev', 'eth0', 'root']);
  };
}
