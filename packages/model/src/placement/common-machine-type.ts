import type { HostFacts } from '../host/host-facts.ts';

/** Families of machines that instances are made as, by architecture; elsewhere it is left to the hypervisor. */
const families: Readonly<Record<string, { readonly versioned: RegExp; readonly alias: string }>> = {
  x86_64: { versioned: /^pc-q35-(\d+)\.(\d+)$/, alias: 'q35' },
  aarch64: { versioned: /^virt-(\d+)\.(\d+)$/, alias: 'virt' },
};

/**
 * The newest machine type that all hosts of an architecture know, so that what is made on one can move to any; the
 * family's own name where they have none in common; null for an architecture of which that is not known.
 */
export function commonMachineType(arch: string, hosts: readonly HostFacts[]): string | null {
  const family = families[arch];
  if (family === undefined) return null;
  const known = hosts.filter((host) => host.arch === arch).map(({ machineTypes }) => machineTypes);
  const [first = [], ...others] = known;
  const common = first.filter((type) => others.every((types) => types.includes(type)));
  const [newest] = common
    .flatMap((type) => {
      const [, major, minor] = family.versioned.exec(type) ?? [];
      return major === undefined ? [] : [{ type, rank: Number(major) * 1000 + Number(minor) }];
    })
    .toSorted((one, other) => other.rank - one.rank);
  return newest?.type ?? family.alias;
}
