import type { InspectedTarget } from '../facts/inspected-target.ts';
import { type MoveContext, setPhase, sourceOf, targetOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';
import { undoRight } from '../context/undo-right.ts';
import { storageInUse } from '../facts/storage/storage-in-use.ts';

type Looked = MoveContext & { readonly output: { readonly 'inspect-target': InspectedTarget } };

/**
 * Brings the secrets that the target lacks, defines and starts pools, has those that run look anew at what is in them, and
 * then tries the disks that could not be tried before.
 */
export async function prepareStorage(context: Looked): Promise<void> {
  const { target, storage } = context.input;
  if (storage.pools.length + storage.secrets.length === 0) return;
  const names = storage.pools.map(({ targetName }) => targetName);
  const what = [...names, ...storage.secrets.map(({ uuid }) => `secret ${uuid}`)].join(', ');
  await setPhase(context, `prepare the storage on ${target.name}: ${what}`);
  await context.services.hostChanges.with(target.uri, async () => {
    await bringSecrets(context);
    await definePools(context);
    for (const name of names) await targetOf(context).pools.ensureActive(name, { signal: context.signal });
  });
  await tryDisks(context);
}

/** The value goes from libvirtd to libvirtd through this process's memory, and is written down nowhere. */
async function bringSecrets(context: Looked): Promise<void> {
  const { input, services, output } = context;
  const call = { signal: context.signal };
  for (const { ref, uuid } of output['inspect-target'].storage.secrets) {
    const { secrets } = sourceOf(context);
    const [xml, value] = [await secrets.definition(ref, call), await secrets.value(ref, call)];
    if (value === null)
      throw new StepError(
        'secret-missing',
        `${input.source.name} does not tell the value of secret ${uuid}.`,
      );
    const brought = { hostId: input.target.id, kind: 'secret', name: uuid } as const;
    await services.store.broughtStorage.keep(brought, input.migrationId);
    await targetOf(context).secrets.ensureDefined({ xml, value }, call);
  }
}

async function definePools(context: Looked): Promise<void> {
  const { input, services, output } = context;
  const call = { signal: context.signal };
  for (const name of output['inspect-target'].storage.define) {
    const definition = await sourceOf(context).pools.definition(name, call);
    await services.store.broughtStorage.keep(
      { hostId: input.target.id, kind: 'pool', name },
      input.migrationId,
    );
    await targetOf(context).pools.ensureDefined({ name, ...definition }, call);
  }
}

/** Before anything of the guest is touched. */
async function tryDisks(context: MoveContext): Promise<void> {
  const { input, signal } = context;
  if (input.storage.tryLater.length === 0) return;
  const domain = await sourceOf(context).domains.domain(input.instanceId, { signal });
  for (const { target: name, network } of domain?.disks ?? []) {
    if (network === null || !input.storage.tryLater.includes(name)) continue;
    const refusal = await targetOf(context).trials.refusalToOpen(network, {
      signal,
      deadlineMs: context.services.limits.prepareMs,
    });
    if (refusal === null) continue;
    const what = `${network.protocol} "${network.name}" (disk ${name})`;
    throw new StepError('disk-unreachable', `${input.target.name} cannot open ${what}: ${refusal}`);
  }
}

/** Stops and removes the pools and the secrets that came with this migration, unless somebody needs them by now. */
export async function undoStorage(context: Looked): Promise<void> {
  const { define, start, secrets } = context.output['inspect-target'].storage;
  if (start.length + secrets.length === 0 || !(await undoRight(context)).atTarget) return;
  const { input, services } = context;
  const call = { signal: context.signal };
  await setPhase(context, `undo: take the storage away that was brought to ${input.target.name}`);
  const there = targetOf(context);
  await services.hostChanges.with(input.target.uri, async () => {
    const used = await storageInUse(context, input.target, call);
    for (const name of start.filter((one) => !used.pools.has(one))) {
      await there.pools.ensureInactive(name, call);
      if (!define.includes(name)) continue;
      await there.pools.ensureUndefined(name, call);
      await services.store.broughtStorage.forget({ hostId: input.target.id, kind: 'pool', name });
    }
    for (const { uuid } of secrets.filter((one) => !used.secrets.has(one.uuid))) {
      await there.secrets.ensureUndefined(uuid, call);
      await services.store.broughtStorage.forget({ hostId: input.target.id, kind: 'secret', name: uuid });
    }
  });
}
