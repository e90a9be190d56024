import { newDomainXml } from '@ferry/hypervisor';
import { filterNames } from '@ferry/model';
import { NothingMoved } from '@ferry/workflow';
import { ensureFilters, removeUnneededFilters } from '../../security-groups/host-filters.ts';
import { type CreateContext, hostOf, throwIfUnwanted } from '../create-context.ts';

/** Packet filters stand before the guest does: no packet reaches it that its groups do not let through. */
export async function defineFilters(context: CreateContext): Promise<void> {
  const { services, input, signal } = context;
  if (input.domain.filter === null) return;
  const { uri } = input.host;
  await services.hostChanges.with(uri, () => ensureFilters(services, uri, input.instanceId, { signal }));
}

/** Takes away those that nobody else needs there. */
export async function removeFilters(context: CreateContext): Promise<void> {
  const { services, input, signal } = context;
  const { filter } = input.domain;
  if (filter === null) return;
  const { groups } = await services.store.securityGroups.of(input.instanceId);
  const own = [filter, ...groups.map((group) => filterNames.group(group.id))];
  await services.hostChanges.with(input.host.uri, async () => {
    const there = new Set(await hostOf(context).firewall.filters({ signal }));
    const names = own.filter((name) => there.has(name));
    await removeUnneededFilters(services, input.host, names, { instanceId: input.instanceId }, { signal });
  });
}

const lookAgainMs = 10;

/** Makes the domain known to its host; it does not run yet. */
export async function defineDomain(context: CreateContext): Promise<void> {
  await throwIfUnwanted(context);
  await hostOf(context).domains.ensureDefined(newDomainXml(context.input.domain), {
    signal: context.signal,
  });
}

/** Takes the definition away, with what the console wrote; the domain has never run. */
export async function undefineDomain(context: CreateContext): Promise<void> {
  const { input, signal } = context;
  const { domains, storage } = hostOf(context);
  await domains.ensureUndefined(input.instanceId, { signal });
  await storage.ensureNoImage(input.domain.consoleLog, { signal });
}

/**
 * From here on there is a guest. Where starting fails and its host shows that nothing runs, nothing has happened, and all
 * is taken back; what the host does not show is looked at again.
 */
export async function startDomain(context: CreateContext): Promise<void> {
  const { input, signal } = context;
  const { domains } = hostOf(context);
  try {
    await domains.ensureStarted(input.instanceId, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const sighting = await domains.observe(input.instanceId, { signal });
    const isOff =
      sighting.kind === 'present' && (sighting.state === 'shutoff' || sighting.state === 'crashed');
    if (sighting.kind !== 'absent' && !isOff) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new NothingMoved('not-started', `${input.host.name} did not start it: ${why}`, { cause: error });
  }
}

/** Watches its processors until they have run on; null when they did not in the time for it: that is told, and no more. */
export async function seeAlive(context: CreateContext): Promise<string | null> {
  const { input, services, signal } = context;
  const { domains } = hostOf(context);
  const start = performance.now();
  try {
    const before = await domains.vcpuTimeNs(input.instanceId, { signal });
    while (performance.now() - start < services.limits.aliveMs) {
      await new Promise((resolve) => {
        setTimeout(resolve, lookAgainMs);
      });
      const now = await domains.vcpuTimeNs(input.instanceId, { signal });
      if (now > before) return `its processors ran ${Number((now - before) / 1_000_000n)} ms`;
    }
    return null;
  } catch (error) {
    signal.throwIfAborted();
    // One that is off by now (it may have powered off by itself) has been seen by nobody, and is no failure to create it.
    const sighting = await domains.observe(input.instanceId, { signal });
    if (sighting.kind === 'present' && (sighting.state === 'shutoff' || sighting.state === 'crashed'))
      return null;
    throw error;
  }
}
