import type { DeleteInput } from './begin-delete.ts';
import { type Outputs, type RunResult, type StepContext, workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import { releaseVolumes, seeVolumes } from './release-volumes.ts';
import { dirname } from 'node:path';
import { HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { filterNames, instanceFiles, isFileOfInstance } from '@ferry/model';
import { removeImage } from '../files/base-images/remove-image.ts';
import { removeUnused } from '../files/remove-unused.ts';
import { removeUnneededFilters } from '../security-groups/host-filters.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Store } from '../../store/store.ts';
import { remedyOf } from '../engine/step-error.ts';
import { conclude, type Conclusion } from '../engine/conclude.ts';

const minute = 60_000;

/** The deletion of one instance: once its guest has been ended, it only goes forward. */
export const deleteInstanceWorkflow = workflow<DeleteInput, Services>('delete-instance')
  .step({
    name: 'find',
    why: 'what its definition does not tell any more, nobody knows',
    deadlineMs: 5 * minute,
    do: findFiles,
  })
  .addedStep({
    name: 'see-volumes',
    added: {
      since: '0016-volumes',
      safeWithout: 'no instance had volumes of the catalogue when it was begun',
    },
    why: 'a move may have brought them to pools of other names, which only its definition tells',
    deadlineMs: 5 * minute,
    do: seeVolumes,
  })
  .pivot({ name: 'end-guest', deadlineMs: 5 * minute, do: endGuest })
  .step({ name: 'undefine', deadlineMs: minute, do: undefine })
  .step({
    name: 'remove-files',
    why: 'only what nothing names any more',
    deadlineMs: 10 * minute,
    do: removeFiles,
  })
  .addedStep({
    name: 'release-volumes',
    added: {
      since: '0016-volumes',
      safeWithout:
        'what is being deleted is given no volume; one that it was seen to have meanwhile is free with its end',
    },
    why: 'another instance is given them only when this one has let go',
    deadlineMs: 10 * minute,
    do: releaseVolumes,
  })
  .step({ name: 'release-filters', deadlineMs: minute, do: releaseFilters })
  .step({ name: 'remove-unused-bases', deadlineMs: 10 * minute, do: removeUnusedBases })
  .build();

type Context<Output extends object = object> = StepContext<DeleteInput, Services, Output>;

/** What is to go with the instance, as it was found before anything went. */
interface FoundFiles {
  /** Files that Ferry made for it; disks that it was adopted with are not among them. */
  readonly files: readonly string[];
  /** Where it has or had a console that was kept. */
  readonly consoleLog: string | null;
  /** Names of packet filters before it. */
  readonly filters: readonly string[];
}

function hostOf({ services, input }: Context): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** Writes down what is the instance's on its host, while its definition still tells. */
async function findFiles(context: Context): Promise<FoundFiles> {
  const { services, input, signal } = context;
  const { domains, storage } = hostOf(context);
  const { instanceId } = input;
  const facts = await domains.domain(instanceId, { signal });
  const disks = (facts?.disks ?? []).flatMap(({ path }) => path ?? []);
  const own = disks.filter((path) => isFileOfInstance(instanceId, path));
  const directories = new Set(own.map((path) => dirname(path)));
  const files = new Set(own);
  for (const directory of directories)
    for (const { image } of await storage.images(directory, { signal }))
      if (isFileOfInstance(instanceId, image.path)) files.add(image.path);
  const { groups } = await services.store.securityGroups.of(instanceId);
  const [directory] = directories;
  return {
    files: [...files].toSorted(),
    consoleLog: directory === undefined ? null : instanceFiles(directory, instanceId).consoleLog,
    filters:
      groups.length === 0
        ? []
        : [filterNames.instance(instanceId), ...groups.map((group) => filterNames.group(group.id))],
  };
}

/** Ends the guest, because a person wants it gone, whatever it is doing. */
async function endGuest(context: Context): Promise<void> {
  const { domains } = hostOf(context);
  const { instanceId } = context.input;
  const call = { signal: context.signal };
  const sighting = await domains.observe(instanceId, call);
  if (sighting.kind === 'absent') return;
  if (sighting.kind === 'unreachable')
    throw new HypervisorError('unreachable', context.input.host.name, sighting.reason);
  await domains.ensureShutOff(instanceId, 0, call).catch((error: unknown) => {
    // A domain that had no definition is gone when it ends.
    if (!(error instanceof HypervisorError && error.code === 'no-domain')) throw error;
  });
}

async function undefine(context: Context): Promise<void> {
  await hostOf(context).domains.ensureUndefined(context.input.instanceId, { signal: context.signal });
}

/** Files that Ferry made, on its host; and what the console wrote on hosts that it was on before, where they answer. */
async function removeFiles(context: Context<{ readonly find: FoundFiles }>): Promise<void> {
  const { services, input, signal } = context;
  const { files, consoleLog } = context.output.find;
  await removeOwnFiles(context, files);
  if (consoleLog === null) return;
  for (const { name, uri } of input.formerHosts) {
    try {
      const { storage } = services.hypervisor.host(uri);
      await storage.ensureNoImage(consoleLog, { signal, deadlineMs: services.limits.inspectMs });
    } catch (error) {
      signal.throwIfAborted();
      services.log.warn({ err: error, host: name, path: consoleLog }, 'a console log stays');
    }
  }
}

/** What somebody else has of them stays: a disk that was cloned, for one. That is told by an event. */
async function removeOwnFiles({ services, input, signal }: Context, files: readonly string[]): Promise<void> {
  const host = await services.store.hosts.byId(input.host.id);
  if (host === null) throw new Error(`host ${input.host.id} of ${input.instanceId} is not in the store`);
  const asking = { instanceId: input.instanceId, migrationId: null };
  for (const { path, because } of await removeUnused(services, host, files, asking, { signal })) {
    if (because === null) continue;
    services.log.warn({ host: host.name, path, because }, 'a file of a deleted instance stays');
    await services.store.baseImages.tellKept({ hostId: host.id, path }, because);
  }
}

/** Its packet filters, and those of its groups that nobody else needs there. */
async function releaseFilters(context: Context<{ readonly find: FoundFiles }>): Promise<void> {
  const { services, input, signal } = context;
  const { filters } = context.output.find;
  if (filters.length === 0) return;
  await services.hostChanges.with(input.host.uri, async () => {
    await services.store.deletions.releaseGroups(input.instanceId);
    const there = new Set(await hostOf(context).firewall.filters({ signal }));
    const names = filters.filter((name) => there.has(name));
    await removeUnneededFilters(services, input.host, names, { instanceId: input.instanceId }, { signal });
  });
}

/** Base images that Ferry brought and that nothing uses any more, where an operator set that for the host. */
async function removeUnusedBases({ services, input, signal }: Context): Promise<void> {
  const host = await services.store.hosts.byId(input.host.id);
  if (host === null || !host.removeUnusedImages) return;
  const brought = (await services.store.baseImages.list(host.id)).filter((image) => image.brought !== null);
  for (const { path } of brought) {
    try {
      const why = `nothing uses it since ${input.instanceName} was deleted`;
      await removeImage(services, host, path, { why, brought: true, signal });
    } catch (error) {
      signal.throwIfAborted();
      const level = error instanceof Refusal ? 'info' : 'warn';
      services.log[level]({ err: error, path, host: host.name }, 'a base image stays');
    }
  }
}

/** Writes down how the deletion of an instance came to rest. Doing it twice changes nothing. */
export function concludeDelete(
  store: Store,
  id: string,
  { instanceId }: DeleteInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  return conclude(store, id, result, {
    done: () => store.deletions.finish(id, instanceId),
    // Its guest was not ended: it is as it was, and can be deleted again.
    undone: (failure) =>
      store.deletions.giveUp(id, instanceId, { message: failure.message, remedy: remedyOf(failure) }),
  });
}
