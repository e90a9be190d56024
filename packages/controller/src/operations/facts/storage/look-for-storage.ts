import type { SecretRef } from '@ferry/model';
import { type MoveContext, sourceOf, targetOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';

/** Pools and secrets of the target's hypervisor that are to be made ready, by their name there. */
export interface MissingStorage {
  readonly define: readonly string[];
  readonly start: readonly string[];
  readonly secrets: readonly { readonly ref: SecretRef; readonly uuid: string }[];
}

/** What of the guest's pools and secrets the target lacks. What may not be brought is an error: it was there when the checks ran. */
export async function lookForStorage(context: MoveContext): Promise<MissingStorage> {
  const call = { signal: context.signal };
  const { target, storage } = context.input;
  const define: string[] = [];
  const start: string[] = [];
  for (const { name, targetName } of storage.pools) {
    const there = await targetOf(context).pools.pool(targetName, call);
    if (there?.active === true) continue;
    if (there === null && !(storage.definePools && name === targetName))
      throw new StepError('pool-missing', `${target.name} has no pool "${targetName}" any more.`);
    if (there === null) define.push(targetName);
    start.push(targetName);
  }
  const secrets: MissingStorage['secrets'][number][] = [];
  for (const secret of storage.secrets) {
    if ((await targetOf(context).secrets.secret(secret.ref, call)) !== null) continue;
    // Seen now, not when the target has the half of it: a private one is told to nobody.
    if ((await sourceOf(context).secrets.value(secret.ref, call)) === null)
      throw new StepError('secret-missing', `The value of secret ${secret.uuid} is not to be had.`);
    secrets.push(secret);
  }
  return { define, start, secrets };
}
