import { adaptationOf } from '../../facts/adaptation-of.ts';
import { type MoveContext, setPhase, sourceOf, targetOf } from '../../context/move-context.ts';

/**
 * Runs a guest whose memory post-copy has lost on the target, from its disks: all of them are shared, and the target was the
 * last to write to them. The source's copy is never let run.
 */
export async function startAnew(context: MoveContext): Promise<void> {
  const { instanceId, target } = context.input;
  await setPhase(context, `its memory is lost: it is started anew from its disks on ${target.name}`);
  const call = { signal: context.signal };
  const source = sourceOf(context);
  const { domains } = targetOf(context);
  const there = await domains.observe(instanceId, call);
  if (there.kind !== 'present' || !there.persistent) {
    const xml =
      there.kind === 'present'
        ? await domains.definition(instanceId, call)
        : await source.domains.definition(instanceId, call, adaptationOf(context));
    await domains.ensureDefined(xml, call);
  }
  await domains.ensureLostEnded(instanceId, call);
  await domains.ensureStarted(instanceId, call);
}
