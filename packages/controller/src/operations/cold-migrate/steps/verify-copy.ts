import { targetPathOf } from '@ferry/model';
import { NothingMoved } from '@ferry/workflow';
import { abortRequested, sayPhase, sourceOf, targetOf } from '../../shared/move-context.ts';
import { type AfterWarm, filesOnTarget } from '../warm/files-left.ts';

/**
 * The pivot: the source is off, the target has the definition and every image. Contents were compared when they were
 * copied; here it is seen that all of it is still so. Changes nothing, so that "nothing moved" is known for certain.
 */
export async function verifyCopy(context: AfterWarm): Promise<void> {
  const call = { signal: context.signal };
  const { instanceId, source, target } = context.input;
  await sayPhase(context, 'verify the copy');
  if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
  const [here, there] = await Promise.all([
    sourceOf(context).domains.sight(instanceId, call),
    targetOf(context).domains.sight(instanceId, call),
  ]);
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  if (there.kind === 'unreachable') throw new Error(`${target.name} does not answer: ${there.reason}`);
  if (here.kind === 'present' && here.state !== 'shutoff' && here.state !== 'crashed') {
    throw new NothingMoved(
      'guest-not-running',
      `It was started again on ${source.name} (${here.state}): the copy is old.`,
    );
  }
  if (there.kind === 'absent')
    throw new NothingMoved('target-not-clean', `The definition is gone from ${target.name}.`);
  for (const path of filesOnTarget(context)) {
    const targetPath = targetPathOf(context.input.plan, path);
    if ((await targetOf(context).storage.image(targetPath, call)) === null) {
      throw new NothingMoved('copy-differs', `${targetPath} is gone from ${target.name}.`);
    }
  }
}
