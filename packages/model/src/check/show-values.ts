import type { Host } from '../host/host.ts';
import type { HostFacts } from '../host/host-facts.ts';

/** Bytes as people read them: `1.5 GiB`. */
export function showBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${units[unit] ?? 'bytes'}`;
}

/** libvirt's version number as people read it: 10000013 is `10.0.13`. */
export function showVersion(version: number): string {
  return `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`;
}

/** Facts of a host that answers now. Those of one that is down are old, and nothing may be decided by them. */
export function liveFacts(host: Host | null): HostFacts | null {
  return host?.service.state === 'up' ? host.facts : null;
}

/** The directory of an absolute path. */
export function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}
