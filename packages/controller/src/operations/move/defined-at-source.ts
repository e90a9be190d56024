import type { DefinitionBackup } from '../../store/instances/definition-backup-store.ts';
import { NeedsPerson } from '@ferry/workflow';
import { type MoveContext, setPhase, sourceOf } from '../context/move-context.ts';
import { lastOverlays } from '../files/stood-rounds.ts';
import { livesElsewhere, seenElsewhere, tellElsewhere } from './gone-from-source.ts';
import { lostFilesProblem } from './lost-files.ts';

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
 * off and nobody has taken its name. Neither without the files that it writes to. `elsewhere`: it lives on another host, where somebody
 * has moved it by hand. Else a person is asked, who can end it either way.
 */
export async function ensureDefinedAtSource(
  context: MoveContext,
  { poweredOff }: { readonly poweredOff: boolean },
): Promise<'here' | 'elsewhere'> {
  const { instanceId, instanceName, migrationId, persistent, source } = context.input;
  const { domains } = sourceOf(context);
  const call = { signal: context.signal };
  const here = await domains.observe(instanceId, call);
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  if (here.kind === 'present' && (here.persistent || !persistent)) return 'here';
  const { migrations, definitionBackups } = context.services.store;
  if (here.kind === 'present') {
    const lost = await lostFilesProblem(context, null);
    if (lost !== null) throw questionOfRunning(context, lost);
    await domains.ensureDefined(await domains.definition(instanceId, call), call);
    await migrations.tell(migrationId, [
      `${instanceName} was undefined on ${source.name} meanwhile, and runs: it is defined there again`,
    ]);
    return 'here';
  }
  const away = await seenElsewhere(context);
  if (livesElsewhere(away)) {
    await migrations.tell(migrationId, [
      `somebody has moved ${instanceName} away from ${source.name}: ${tellElsewhere(away)}; nothing of it is given back there`,
    ]);
    return 'elsewhere';
  }
  const kept = poweredOff ? await definitionBackups.of(instanceId, source.id) : null;
  const missing = poweredOff ? 'Ferry has kept no definition of it' : 'it was not Ferry that powered it off';
  const obstacles = [
    kept === null ? missing : await whyNotAgain(context, kept),
    await lostFilesProblem(context, kept?.domain ?? null),
    await overlaysProblem(context),
  ].filter((one) => one !== null);
  if (kept === null || obstacles.length > 0) throw questionOf(context, obstacles.join('. '));
  await setPhase(context, `undo: define ${instanceName} again on ${source.name}, as it was`);
  await domains.ensureDefined(kept.xml, call);
  await migrations.tell(migrationId, [
    `${instanceName} was undefined on ${source.name} meanwhile: it is defined there again, as it was read at ${kept.seenAt}`,
  ]);
  return 'here';
}

/**
 * Sees that a guest that is off at its source, and is to be started there, has the files that it had: libvirt makes new firmware
 * variables where they are gone, and tells nobody. Asks a person else.
 */
export async function requireFilesToStart(context: MoveContext): Promise<void> {
  const { instanceId, instanceName, source } = context.input;
  const here = await sourceOf(context).domains.observe(instanceId, { signal: context.signal });
  if (here.kind !== 'present' || here.state !== 'shutoff') return;
  const lost = await lostFilesProblem(context, null);
  if (lost === null) return;
  const known = `${instanceName} is off on ${source.name}, and Ferry does not start it by itself: ${lost}`;
  throw asked(context, known, 'Once they are there, it is started and the move taken back by itself.');
}

/** Null: all of it is there, and nothing else has taken its place. */
async function whyNotAgain(context: MoveContext, { domain }: DefinitionBackup): Promise<string | null> {
  const { instanceName, source } = context.input;
  if (domain.extras.snapshots.length > 0)
    return `what libvirt knew of its snapshots is gone with it (${domain.extras.snapshots.join(', ')})`;
  const other = await sourceOf(context).domains.idOf(instanceName, { signal: context.signal });
  if (other !== null) return `another domain is called ${instanceName} on ${source.name} now (${other})`;
  const seen = await seenElsewhere(context);
  return seen === null ? null : tellElsewhere(seen);
}

/** Of a warm move, what its definition must name: what the guest wrote while it was copied is in overlays. */
async function overlaysProblem(context: MoveContext): Promise<string | null> {
  const { warm } = context.input.plan;
  if (warm === null) return null;
  const last = await lastOverlays(context, warm);
  return last.length === 0
    ? 'its disks may stand on overlays of its warm copy'
    : `what it wrote while it was copied is in overlays, which its definition must name in place of its own images: disk ${last.join(', disk ')}`;
}

/** Both ways out stand in the message: it is shown with the migration, as what its clean-up waits for. */
function questionOf(context: MoveContext, obstacles: string): NeedsPerson {
  const { instanceName, source } = context.input;
  const known = `${source.name} does not know ${instanceName} any more: somebody has undefined it since its move began, and Ferry does not define it again by itself: ${ended(obstacles)}`;
  return asked(
    context,
    known,
    `If it is to stay, define it on ${source.name} again (virsh define FILE), with its files: the move is then taken back by itself.`,
  );
}

/** Of one whose QEMU may be the only one that still has what it lost. */
function questionOfRunning(context: MoveContext, lost: string): NeedsPerson {
  const { instanceName, source } = context.input;
  const known = `${instanceName} runs on ${source.name}, and was undefined there since its move began; Ferry does not define it again by itself: ${lost}`;
  return asked(
    context,
    known,
    `If it is to stay, define it on ${source.name} again (virsh dumpxml ${instanceName} > FILE, virsh define FILE) before it is powered off: the move is then taken back by itself.`,
  );
}

function asked({ input }: MoveContext, known: string, toStay: string): NeedsPerson {
  const { instanceName, target } = input;
  const remedy = `${toStay} If it was deleted on purpose, run \`ferry instance forget ${instanceName}\`: what came to ${target.name} is then taken away.`;
  return new NeedsPerson(`${known} ${remedy}`, remedy);
}

function ended(sentences: string): string {
  return sentences.endsWith('.') ? sentences : `${sentences}.`;
}
