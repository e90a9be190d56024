import { type MoveContext, setPhase, sourceOf, targetOf } from '../context/move-context.ts';
import type { InspectedTarget, MissingNetworks } from '../facts/inspected-target.ts';
import { movesUnderWay } from '../context/moves-under-way.ts';
import { StepError } from '../engine/step-error.ts';
import { undoRight } from '../context/undo-right.ts';

type Looked = MoveContext & { readonly output: { readonly 'inspect-target': InspectedTarget } };

/** What of the guest's networks the target lacks. One that may not be defined there is an error: it was there when the checks ran. */
export async function lookForNetworks(context: MoveContext): Promise<MissingNetworks> {
  const call = { signal: context.signal };
  const define: string[] = [];
  const start: string[] = [];
  for (const { name, targetName } of context.input.libvirtNetworks) {
    const there = await targetOf(context).networks.network(targetName, call);
    if (there?.active === true) continue;
    if (there === null && !(context.input.options.defineNetworks && name === targetName)) {
      const { name: host } = context.input.target;
      throw new StepError('network-missing', `${host} has no network "${targetName}" any more.`);
    }
    if (there === null) define.push(targetName);
    start.push(targetName);
  }
  return { define, start };
}

/** Defines and starts the networks that were found missing. */
export async function prepareNetworks(context: Looked): Promise<void> {
  const { define, start } = context.output['inspect-target'].networks;
  if (start.length === 0) return;
  const { target } = context.input;
  const call = { signal: context.signal };
  await setPhase(context, `prepare the networks on ${target.name}: ${start.join(', ')}`);
  const { networks } = targetOf(context);
  await context.services.hostChanges.with(target.uri, async () => {
    for (const name of define)
      await networks.ensureDefined(
        { name, ...(await sourceOf(context).networks.definition(name, call)) },
        call,
      );
    for (const name of start) await networks.ensureActive(name, call);
  });
}

/** Stops what this migration started and removes what it defined, unless somebody is plugged in by now or is to be. */
export async function undoNetworks(context: Looked): Promise<void> {
  const { define, start } = context.output['inspect-target'].networks;
  if (start.length === 0 || !(await undoRight(context)).atTarget) return;
  const { target } = context.input;
  const call = { signal: context.signal };
  await setPhase(context, `undo: stop the networks that were started on ${target.name}`);
  const { networks } = targetOf(context);
  await context.services.hostChanges.with(target.uri, async () => {
    const needed = await neededByOthers(context);
    for (const name of start) {
      if (needed.has(name) || (await networks.ensureInactive(name, call)) === 'in-use') continue;
      if (define.includes(name)) await networks.ensureUndefined(name, call);
    }
  });
}

/** Networks that other migrations to the same host count on. */
async function neededByOthers(context: MoveContext): Promise<Set<string>> {
  const needed = new Set<string>();
  for (const { input } of await movesUnderWay(context.services.store.operations)) {
    if (input.migrationId === context.input.migrationId) continue;
    if (input.target.uri !== context.input.target.uri) continue;
    for (const { targetName } of input.libvirtNetworks) needed.add(targetName);
  }
  return needed;
}
