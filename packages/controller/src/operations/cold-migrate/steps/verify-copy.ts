import { targetPathOf } from '@ferry/model';
import { NothingMoved } from '@ferry/workflow';
import { abortRequested, setPhase, sourceOf, targetOf } from '../../context/move-context.ts';
import { changedFiles, fingerprintOf } from '../unchanged.ts';
import { StepError } from '../../engine/step-error.ts';
import { requireNothingToLose } from './see-power.ts';
import type { DefinedOnTarget } from './define-on-target.ts';
import { type AfterWarm, filesOnTarget } from '../warm/files-left.ts';

/** Not set in logs of versions that compared no definitions. */
type Verified = AfterWarm & { readonly output: { readonly 'define-on-target': DefinedOnTarget | undefined } };

/**
 * The pivot: the source is off, the target has the definition and every image. Contents were compared when they were
 * copied; here it is seen that what was copied is still what is there: each file and the definition are as they were read.
 * Changes nothing, so that "nothing moved" is known for certain.
 */
export async function verifyCopy(context: Verified): Promise<void> {
  const call = { signal: context.signal };
  const { instanceId, source, target } = context.input;
  await setPhase(context, 'verify the copy');
  if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
  const [here, there] = await Promise.all([
    sourceOf(context).domains.observe(instanceId, call),
    targetOf(context).domains.observe(instanceId, call),
  ]);
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  if (there.kind === 'unreachable') throw new Error(`${target.name} does not answer: ${there.reason}`);
  if (here.kind === 'present' && here.state !== 'shutoff') {
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
  const [changed] = await changedFiles(context);
  if (changed !== undefined)
    throw new NothingMoved(
      'source-changed',
      `${changed.path} on ${source.name} is not what was copied: ${changed.what}.`,
    );
  await requireNothingToLose(context).catch((error: unknown): never => {
    if (!(error instanceof StepError)) throw error;
    throw new NothingMoved(error.code, error.message, { cause: error });
  });
  // Where the source has none any more, the target's is the only one.
  if (here.kind === 'absent') return;
  const defined = context.output['define-on-target']?.fingerprint;
  const now = await fingerprintOf(context.services, source.uri, instanceId, context.signal);
  if (defined !== undefined && defined !== now)
    throw new NothingMoved(
      'source-changed',
      `Somebody has changed the definition of ${context.input.instanceName} on ${source.name}, or its snapshots, since ${target.name} was given it.`,
    );
}
