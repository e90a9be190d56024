import type { Hypervisor, HypervisorHost } from '@ferry/hypervisor';

/** Variants of a controller that are known to be bad: the invariants must find each of them out. */
export const badVariants: Readonly<Record<string, (hypervisor: Hypervisor) => Hypervisor>> = {
  /** As libvirt's own forms do: Finish starts the guest, and a lost answer lets the source run on all the same. */
  'the target runs the guest with Finish': (hypervisor) =>
    onEachHost(hypervisor, (host) =>
      withParts(host, {
        migration: withParts(host.migration, {
          openMigrationTarget: (options, call) =>
            host.migration.openMigrationTarget({ ...options, arrivesPaused: false }, call),
        }),
      }),
    ),
  /** Silence is taken for a proof that nothing is there. */
  'a host that does not answer counts as empty': (hypervisor) =>
    onEachHost(hypervisor, (host) =>
      withParts(host, {
        domains: withParts(host.domains, {
          observe: async (id, call) => {
            const seen = await host.domains.observe(id, call);
            return seen.kind === 'unreachable' ? { kind: 'absent' } : seen;
          },
        }),
      }),
    ),
};

function onEachHost(hypervisor: Hypervisor, change: (host: HypervisorHost) => HypervisorHost): Hypervisor {
  return { host: (uri) => change(hypervisor.host(uri)), close: () => hypervisor.close() };
}

/** The same object but for some of its parts. */
function withParts<T extends object>(target: T, parts: Partial<T>): T {
  return new Proxy(target, {
    get: (_, property): unknown =>
      property in parts ? parts[property as keyof T] : Reflect.get(target, property, target),
  });
}
