import { knownBad, type KnownUse } from '../host/known-bad-versions.ts';
import { isEncrypted } from '../strategy/memory-encryption.ts';
import { type Check, type CheckInput, liveOnly } from './check-input.ts';
import { type Finding, hostSilent, passed, warned } from './finding.ts';
import { liveFacts, showVersion } from './show-values.ts';

const code = 'known-versions';
/** From this QEMU on processors with threads are told otherwise than an older libvirt expects. */
const threadsToldFrom = 10_000_000;

/** What is known against the versions of libvirt at hand in what this guest takes of them. */
export const knownVersionsCheck: Check = {
  code,
  about: 'no version of libvirt is known to fail at this guest',
  kinds: liveOnly,
  judge: (input) => {
    if (input.domain === null) return [hostSilent(code, 'source', 'what the guest is made of')];
    const uses = usesOf(input);
    const found = uses.flatMap((use) => sidesOf(input).flatMap((side) => judgeSide(use, side)));
    if (found.length > 0) return found;
    return [passed(code, 'nothing is known against these versions', { uses: uses.join(' ') || 'none' })];
  },
};

/** Of the uses that versions are known to fail in those that this move makes. */
function usesOf({ domain, target, request, encryption }: CheckInput): KnownUse[] {
  const uses: KnownUse[] = isEncrypted(request.encryption, encryption) ? ['encrypted-transfer'] : [];
  const version = liveFacts(target)?.hypervisorVersion ?? 0;
  if (threadsOf(domain?.cpuXml ?? null) > 1 && version >= threadsToldFrom) uses.push('cpu-threads');
  if (domain?.extras.emulatedTpm === true) uses.push('shared-tpm');
  return uses;
}

/** Threads of each core (libvirt's formatdomain, "CPU model and topology"). */
function threadsOf(cpuXml: string | null): number {
  const topology = /<topology\b[^>]*>/.exec(cpuXml ?? '')?.[0] ?? '';
  return Number(/\bthreads=['"](\d+)['"]/.exec(topology)?.[1] ?? 1);
}

interface Side {
  readonly side: 'source' | 'target';
  readonly version: number | null;
}

function sidesOf({ source, target }: CheckInput): Side[] {
  return [
    { side: 'source', version: liveFacts(source)?.libvirtVersion ?? null },
    { side: 'target', version: liveFacts(target)?.libvirtVersion ?? null },
  ];
}

function judgeSide(use: KnownUse, { side, version }: Side): Finding[] {
  if (version === null) return [hostSilent(code, side, 'its version of libvirt')];
  const bad = knownBad('libvirt', version, use);
  if (bad === null || (bad.side !== null && bad.side !== side)) return [];
  const compared = { side, use, libvirt: showVersion(version), fixedIn: showVersion(bad.below) };
  const what = `libvirt ${compared.libvirt} of the ${side}: ${bad.harm} (${bad.source}; Debian: ${bad.debian})`;
  const remedy = `Upgrade libvirt there to ${compared.fixedIn} or later, choose another host, or migrate it cold.`;
  // None of it is certain for every guest, and none of it loses one: who asks may know better.
  return [warned(code, what, compared, remedy)];
}
