import type { Host } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/**
 * Has a domain stand still on several hosts at the same time: each moment in which two copies run takes them further
 * apart. A host that does not do it holds up no other; it is asked again at the next look that finds two running.
 */
export async function pauseRunners(services: Services, hosts: readonly Host[], id: string): Promise<void> {
  const call = { deadlineMs: services.limits.inspectMs };
  await Promise.all(
    hosts.map(async (host) => {
      try {
        await services.hypervisor.host(host.uri).domains.ensurePaused(id, call);
      } catch (error) {
        services.log.error(
          { err: error, host: host.name, instance: id },
          'a second copy could not be paused',
        );
      }
    }),
  );
}
