import { describeSighting, targetPathOf } from '@ferry/model';
import { copiedDisks, setPhase, sourceOf, targetOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import { hasMade } from '../../files/made-paths.ts';
import type { InspectedTarget } from '../../facts/inspected-target.ts';
import { lookForStorage } from '../../facts/storage/look-for-storage.ts';
import { lookForNetworks } from '../../move/prepare-networks.ts';
import { requireNoTargetDomain } from '../../move/target-domain.ts';
import type { LookedRehearsal } from '../rehearsal-input.ts';

/**
 * Looks once more at all that was prepared, and gives what is still there because somebody else needs it by now. Throws
 * `target-not-clean` where something is left that nobody needs.
 */
export async function seeAsBefore(context: LookedRehearsal): Promise<string[]> {
  const { input, signal } = context;
  const { target } = input;
  await setPhase(context, `see that ${target.name} is as before`);
  await requireNoTargetDomain(context);
  const others = await imagesOfOthers(context);
  await requireNoStandIn(context);
  const before = context.output['inspect-target'];
  const [networks, storage] = [await lookForNetworks(context), await lookForStorage(context)];
  const filters = new Set((await targetOf(context).firewall.filters({ signal })) ?? []);
  const own = input.filter !== null && !before.filters.includes(input.filter) && filters.has(input.filter);
  return [
    ...gone(before.networks.start, networks.start, 'network'),
    ...gone(before.storage.start, storage.start, 'pool'),
    ...gone(uuids(before.storage), uuids(storage), 'secret'),
    ...(own ? [`packet filter ${input.filter}`] : []),
    ...others,
  ];
}

/** What was missing before and is not now. */
function gone(then: readonly string[], now: readonly string[], what: string): string[] {
  return then.filter((name) => !now.includes(name)).map((name) => `${what} ${name}`);
}

const uuids = ({ secrets }: InspectedTarget['storage']): string[] => secrets.map(({ uuid }) => uuid);

/** Images were made where nothing stood: there is nothing again, but for what somebody else has put there meanwhile. */
async function imagesOfOthers(context: LookedRehearsal): Promise<string[]> {
  const { plan, target } = context.input;
  const { storage } = targetOf(context);
  const isMade = await hasMade(context);
  const others: string[] = [];
  for (const { path, toDevice } of copiedDisks(context)) {
    if (toDevice === true) continue;
    const there = targetPathOf(plan, path);
    if ((await storage.image(there, { signal: context.signal })) === null) continue;
    if (isMade(there))
      throw new StepError('target-not-clean', `${target.name} still has ${there}, which a rehearsal made.`);
    others.push(`file ${there}, which came meanwhile`);
  }
  return others;
}

/** The guest of Ferry's own and its files are on neither host. */
async function requireNoStandIn(context: LookedRehearsal): Promise<void> {
  const { source, target, rehearsal } = context.input;
  const { standIn, disk } = rehearsal;
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const sides = [
    { name: source.name, host: sourceOf(context), path: disk?.source ?? null },
    { name: target.name, host: targetOf(context), path: disk?.target ?? null },
  ];
  for (const { name, host, path } of sides) {
    const seen = await host.domains.observe(standIn.id, call);
    if (seen.kind !== 'absent')
      throw new StepError('target-not-clean', `${standIn.name} on ${name}: ${describeSighting(seen)}.`);
    if (path !== null && (await host.storage.image(path, call)) !== null)
      throw new StepError('target-not-clean', `${name} still has ${path}, which a rehearsal made.`);
  }
}
