import type { Hypervisor, HypervisorHost } from '@ferry/hypervisor';

/**
 * Hosts that are asked nothing, and told nothing, without permission: each call asks for it first, and whatever that
 * throws ends the call before it has begun. A host cannot know who owns an operation, so that its owner has to.
 */
export function guardedHypervisor(hypervisor: Hypervisor, requirePermission: () => void): Hypervisor {
  return {
    host: (uri) => guarded<HypervisorHost>(hypervisor.host(uri), requirePermission),
    close: () => hypervisor.close(),
  };
}

/** The same object, with all its functions guarded, and those of its parts. */
function guarded<T extends object>(target: T, requirePermission: () => void): T {
  return new Proxy(target, {
    get: (_, property): unknown => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value === 'function') {
        return (...args: unknown[]): unknown => {
          requirePermission();
          return Reflect.apply(value, target, args);
        };
      }
      return typeof value === 'object' && value !== null ? guarded(value, requirePermission) : value;
    },
  });
}
