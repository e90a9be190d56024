import type { DefinitionBackup } from '../../store/instances/definition-backup-store.ts';
import { describeSighting } from '@ferry/model';
import { NeedsPerson } from '@ferry/workflow';
import { type MoveContext, setPhase, sourceOf } from '../context/move-context.ts';
import { lookEverywhere } from '../facts/look-everywhere.ts';
import { hasMade } from '../files/made-paths.ts';

/** Keeps the definition of a guest right before Ferry powers it off: what is given back where somebody undefines it meanwhile. */
export async function keepDefinitionOfMove(context: MoveContext): Promise<void> {
  const { instanceId, migrationId, source } = context.input;
  const { domains } = sourceOf(context);
  const call = { signal: context.signal };
  const seenAt = new Date().toISOString();
  const domain = await domains.domain(instanceId, call);
  if (domain === null) return;
  const xml = await domains.definition(instanceId, call);
  const backup = { instanceId, hostId: source.id, xml, domain, seenAt };
  await context.services.store.definitionBackups.keepHeld(backup, migrationId);
}

/**
 * Sees that the source still has the definition of a guest whose move is taken back. Somebody may have undefined it meanwhile: one
 * that runs is defined again as it runs; one that is gone by Ferry's own record, but only where it was Ferry that had powered it
 * off, nobody has taken its name, and its files are what was copied. Else a person is asked, who can end it either way.
 */
export async function ensureDefinedAtSource(
  context: MoveContext,
  { poweredOff }: { readonly poweredOff: boolean },
): Promise<void> {
  const { instanceId, instanceName, migrationId, persistent, source } = context.input;
  const { domains } = sourceOf(context);
  const call = { signal: context.signal };
  const here = await domains.observe(instanceId, call);
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  if (here.kind === 'present' && (here.persistent || !persistent)) return;
  const { migrations, definitionBackups } = context.services.store;
  if (here.kind === 'present') {
    await domains.ensureDefined(await domains.definition(instanceId, call), call);
    await migrations.tell(migrationId, [
      `${instanceName} was undefined on ${source.name} meanwhile, and runs: it is defined there again`,
    ]);
    return;
  }
  const kept = poweredOff ? await definitionBackups.of(instanceId, source.id) : null;
  const missing = poweredOff ? 'Ferry has kept no definition of it' : 'it was not Ferry that powered it off';
  const obstacle = kept === null ? missing : await whyNotAgain(context, kept);
  if (kept === null || obstacle !== null) throw questionOf(context, obstacle ?? missing);
  await setPhase(context, `undo: define ${instanceName} again on ${source.name}, as it was`);
  await domains.ensureDefined(kept.xml, call);
  await migrations.tell(migrationId, [
    `${instanceName} was undefined on ${source.name} meanwhile: it is defined there again, as it was read at ${kept.seenAt}`,
  ]);
}

/** Null: all of it is there, and nothing else has taken its place. */
async function whyNotAgain(context: MoveContext, { domain }: DefinitionBackup): Promise<string | null> {
  const { instanceName, source } = context.input;
  if (context.input.plan.warm !== null)
    return 'its disks stand on overlays of a warm copy, of which the last is not known any more';
  if (domain.extras.snapshots.length > 0)
    return `what libvirt knew of its snapshots is gone with it (${domain.extras.snapshots.join(', ')})`;
  const other = await sourceOf(context).domains.idOf(instanceName, { signal: context.signal });
  if (other !== null) return `another domain is called ${instanceName} on ${source.name} now (${other})`;
  return (await elsewhere(context)) ?? missingFile(context, domain);
}

/** Another host that has it: somebody has moved it by hand. What this migration itself has defined on its target is none. */
async function elsewhere(context: MoveContext): Promise<string | null> {
  const { instanceId, source, target } = context.input;
  const mine = (await hasMade(context))('domain');
  const hosts = await context.services.store.hosts.list();
  for (const [id, seen] of await lookEverywhere(context.services, instanceId)) {
    if (id === source.id || seen.kind !== 'present') continue;
    if (id === target.id && mine && seen.state === 'shutoff') continue;
    return `${hosts.find((host) => host.id === id)?.name ?? id} has it: ${describeSighting(seen)}`;
  }
  return null;
}

async function missingFile(context: MoveContext, domain: DefinitionBackup['domain']): Promise<string | null> {
  const { source } = context.input;
  const nvram = domain.extras.nvram?.path ?? null;
  const disks = domain.disks.filter((disk) => !disk.readOnly).map(({ path }) => path);
  for (const path of [...disks, nvram]) {
    if (path === null) continue;
    if ((await sourceOf(context).storage.image(path, { signal: context.signal })) === null)
      return `${path} is gone from ${source.name}${path === nvram ? ' (virsh undefine --nvram)' : ''}`;
  }
  return null;
}

/** Both ways out stand in the message: it is shown with the migration, as what its clean-up waits for. */
function questionOf({ input }: MoveContext, obstacle: string): NeedsPerson {
  const { instanceName, source, target } = input;
  const known = `${source.name} does not know ${instanceName} any more: somebody has undefined it since its move began, and Ferry does not define it again by itself: ${obstacle}.`;
  const remedy = `If it is to stay, define it on ${source.name} again (virsh define FILE): the move is then taken back by itself. If it was deleted on purpose, run \`ferry instance forget ${instanceName}\`: what came to ${target.name} is then taken away.`;
  return new NeedsPerson(`${known} ${remedy}`, remedy);
}
