import type { MigrationSource, MigrationTarget } from '@ferry/hypervisor';
import { setPhase, sourceOf, targetOf } from '../../../context/move-context.ts';
import { liveOptions } from '../live-options.ts';
import { requireDiskChannel } from '../require-disk-channel.ts';
import { resumeOnTarget } from '../resume-on-target.ts';
import type { StandsStillKnown } from '../stands-still.ts';
import type { TransferLoop } from '../transfer-loop.ts';

const empty = new Uint8Array();

/** Both ends of a migration that Ferry coordinates. */
interface Ends {
  readonly source: MigrationSource;
  readonly target: MigrationTarget;
}

/**
 * Local disks: Ferry speaks each phase itself. The target does not start the guest with Finish, as in libvirt's own
 * forms, but holds it paused; Ferry tells it to run, and holds Confirm, which lets the source run on or ends it, until it
 * is *known* whether it does. An answer to Finish that is lost leaves no doubt that way: the source runs on at once.
 * libvirt's own forms resume the source then too, and both run on disks that no lock keeps apart.
 */
export async function sendCoordinated(context: StandsStillKnown, loop: TransferLoop): Promise<void> {
  const options = liveOptions(context);
  const call = { signal: context.signal };
  const source = await sourceOf(context).migration.openMigrationSource(options, call);
  try {
    const target = await targetOf(context).migration.openMigrationTarget(options, call);
    try {
      await runPhases(context, loop, { source, target });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function runPhases(context: StandsStillKnown, loop: TransferLoop, ends: Ends): Promise<void> {
  const { limits } = context.services;
  const { instanceName, source, target } = context.input;
  const call = { signal: context.signal, deadlineMs: limits.prepareMs };
  await setPhase(context, `begin: ${source.name} describes the guest`);
  const begun = await ends.source.begin(call);
  await setPhase(context, `prepare: ${target.name} gets ready`);
  const prepared = await ends.target.prepare({ ...begun, domainName: instanceName }, call);
  await requireDiskChannel(context, prepared.disksAt);
  await loop.owner.lookBegun();
  const finishInput = (sent: Uint8Array): Parameters<MigrationTarget['finish']>[1] => ({
    uri: prepared.uri,
    domainName: instanceName,
    cookie: sent,
  });
  let cookie: Uint8Array;
  try {
    const input = { ...prepared, xml: begun.xml };
    cookie = await loop.follow(() => ends.source.perform(input, { signal: context.signal }));
  } catch (error) {
    // The guest on the target runs only after Finish, which was not said: the source is the one that runs on.
    await setPhase(context, `finish: ${target.name} gives up what it got`);
    await ends.target.finish('cancel', finishInput(empty), call).catch(() => undefined);
    await ends.source.confirm('stayed', empty, call);
    throw error;
  }
  // The guest stands still from here on: what comes next is written down once, before all of it.
  await setPhase(context, `finish: ${target.name} takes the guest over, then runs it`);
  try {
    cookie = await ends.target.finish('keep', finishInput(cookie), {
      signal: context.signal,
      deadlineMs: limits.finishMs,
    });
  } catch (error) {
    // Whatever became of it there, it does not run: only `resumeOnTarget` starts it, which was not said.
    context.signal.throwIfAborted();
    await setPhase(context, `confirm: no good answer to Finish from ${target.name}; ${source.name} runs on`);
    await ends.source.confirm('stayed', empty, call);
    throw error;
  }
  // One that stood still before has come: there is nothing to be told to it.
  const verdict = loop.owner.stands ? 'moved' : await resumeOnTarget(context);
  await setPhase(
    context,
    verdict === 'moved'
      ? `confirm: ${source.name} ends its copy`
      : `confirm: ${target.name} could not run it; ${source.name} runs on`,
  );
  await ends.source.confirm(verdict, verdict === 'moved' ? cookie : empty, call);
  if (verdict === 'stayed') throw new Error(`${target.name} has all of the guest but could not run it`);
}
