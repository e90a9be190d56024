import type { MigrationSource, MigrationTarget } from '@ferry/hypervisor';
import type { Sighting } from '@ferry/model';
import { type MoveContext, sayPhase, sourceOf, targetOf } from '../../shared/move-context.ts';
import { followWhile } from './follow-job.ts';
import { liveOptions } from './live-options.ts';

const empty = new Uint8Array();
const lookAgainMs = 300;

/** Both ends of a migration that Ferry coordinates. */
interface Ends {
  readonly source: MigrationSource;
  readonly target: MigrationTarget;
}

/**
 * Local disks: Ferry speaks each phase itself and holds Confirm, which lets the source run on or ends it, until the
 * target's state is *known*. libvirt's own forms resume the source when the target's answer to Finish is lost, and then
 * both run on disks that no lock keeps apart.
 */
export async function transferManaged(context: MoveContext): Promise<void> {
  const options = liveOptions(context);
  const call = { signal: context.signal };
  const source = await sourceOf(context).migration.openMigrationSource(options, call);
  try {
    const target = await targetOf(context).migration.openMigrationTarget(options, call);
    try {
      await runPhases(context, { source, target });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function runPhases(context: MoveContext, ends: Ends): Promise<void> {
  const { limits } = context.services;
  const { instanceName, source, target } = context.input;
  const call = { signal: context.signal, deadlineMs: limits.prepareMs };
  await sayPhase(context, `begin: ${source.name} describes the guest`);
  const begun = await ends.source.begin(call);
  await sayPhase(context, `prepare: ${target.name} gets ready`);
  const prepared = await ends.target.prepare({ ...begun, domainName: instanceName }, call);
  await sayPhase(context, `perform: ${source.name} sends to ${target.name}`);
  const finishInput = { uri: prepared.uri, domainName: instanceName };
  let cookie: Uint8Array;
  try {
    const performing = ends.source.perform({ ...prepared, xml: begun.xml }, { signal: context.signal });
    cookie = await followWhile(context, performing);
  } catch (error) {
    // The guest on the target runs only after Finish, which was not said: the source is the one that runs on.
    await sayPhase(context, `finish: ${target.name} gives up what it got`);
    await ends.target.finish('cancel', { ...finishInput, cookie: empty }, call).catch(() => undefined);
    await ends.source.confirm('stayed', empty, call);
    throw error;
  }
  await sayPhase(context, `finish: ${target.name} lets the guest run`);
  try {
    cookie = await ends.target.finish(
      'run',
      { ...finishInput, cookie },
      { signal: context.signal, deadlineMs: limits.finishMs },
    );
  } catch (error) {
    // Refused or without an answer: only the target's own state tells what became of it.
    context.services.log.warn({ err: error }, 'no good answer to Finish');
    await confirmWhenKnown(context, ends, empty);
    return;
  }
  await sayPhase(context, `confirm: ${source.name} ends its copy`);
  await ends.source.confirm('moved', cookie, call);
}

/** Holds Confirm until the target shows whether the guest runs there. */
async function confirmWhenKnown(context: MoveContext, ends: Ends, cookie: Uint8Array): Promise<void> {
  const { limits } = context.services;
  const { instanceId, source, target } = context.input;
  const end = performance.now() + limits.unknownMs;
  for (;;) {
    const call = { signal: context.signal, deadlineMs: limits.inspectMs };
    const verdict = verdictOf(await targetOf(context).domains.sight(instanceId, call));
    if (verdict !== null) {
      await sayPhase(context, `confirm: the guest ${verdict} (${target.name} was asked)`);
      await ends.source.confirm(verdict, cookie, { signal: context.signal, deadlineMs: limits.prepareMs });
      return;
    }
    await sayPhase(
      context,
      `waits: ${target.name} has not said whether the guest runs there; ${source.name} keeps it paused`,
    );
    context.signal.throwIfAborted();
    // Ending here, without Confirm, leaves the source paused: nothing runs twice, and the pivot asks a person.
    if (performance.now() > end)
      throw new Error(`${target.name} did not show its state within ${limits.unknownMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, lookAgainMs);
    });
  }
}

/** What the target's state means for the source; null while it means nothing yet. */
function verdictOf(target: Sighting): 'moved' | 'stayed' | null {
  switch (target.kind) {
    case 'absent':
      return 'stayed';
    case 'unreachable':
      return null;
    case 'present':
      if (target.state === 'running') return 'moved';
      return target.state === 'shutoff' || target.state === 'crashed' ? 'stayed' : null;
  }
}
