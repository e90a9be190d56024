import { HypervisorError, type ImageSpec } from '@ferry/hypervisor';
import { type MoveContext, targetOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';

/**
 * Makes a path of the target this migration's own before anything is made there, and tells whether it was not yet. It was free
 * when the target was looked at, which may be hours ago, as bases come first: what somebody has put there since is neither written
 * to nor taken away. A move that a version began which wrote nothing down goes on as it did there: what is at its paths may be its
 * own. Throws `path-taken`.
 */
export async function claimPath(context: MoveContext, path: string): Promise<boolean> {
  const { services, input, signal } = context;
  const { migrations } = services.store;
  const made = await madeOf(context);
  if (made === null || made.includes(path)) return false;
  const there = await targetOf(context).storage.image(path, { signal });
  if (there !== null) throw taken(context, path, `${there.format}, ${there.capacityBytes} bytes`);
  await migrations.setMade(input.migrationId, path, true);
  return true;
}

/** An empty image for the hypervisor to fill, at a path that is claimed before. Throws `path-taken`. */
export async function makeEmptyImage(context: MoveContext, spec: ImageSpec): Promise<void> {
  const { services, input, signal } = context;
  const isNew = await claimPath(context, spec.path);
  const giveBack = (): Promise<void> =>
    services.store.migrations.setMade(input.migrationId, spec.path, false);
  try {
    const how = await targetOf(context).storage.ensureImage(spec, { signal });
    if (how === 'made' || !isNew) return;
  } catch (error) {
    if (!(error instanceof HypervisorError && error.code === 'exists')) throw error;
    await giveBack();
    throw taken(context, spec.path, 'another image', error);
  }
  // It came between the two calls, and is as this one would have been: it is not this one.
  await giveBack();
  throw taken(context, spec.path, `${spec.format}, ${spec.capacityBytes} bytes`);
}

function taken({ input }: MoveContext, path: string, what: string, cause?: unknown): StepError {
  return new StepError(
    'path-taken',
    `${path} has come on ${input.target.name} since it was looked at (${what}): somebody else has put it there.`,
    cause,
  );
}

/** Tells of what is on the target whether it can be this migration's. */
export async function hasMade(context: MoveContext): Promise<(what: string) => boolean> {
  const made = await madeOf(context);
  return (what) => made === null || made.includes(what);
}

/** What it has written down to be its own on the target; null: of a version that did not. */
export async function madeOf({ services, input }: MoveContext): Promise<readonly string[] | null> {
  return (await services.store.migrations.byId(input.migrationId))?.made ?? null;
}
