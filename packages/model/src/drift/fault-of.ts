import type { Instance, InstanceFault } from '../instance/instance.ts';
import type { Sighting } from '../migration/sighting.ts';
import type { AmbiguousBecause } from './drift-table.ts';
import type { Drift } from './drift.ts';

/** The case that a fault is written of. */
export interface DriftCase {
  readonly instance: Pick<Instance, 'id' | 'name' | 'hostId'>;
  readonly shown: ReadonlyMap<string, Sighting>;
  /** Names of hosts by their ids. */
  readonly hostNames: ReadonlyMap<string, string>;
  /** Hosts that show a domain of its uuid, never had it, and are not believed. */
  readonly claimants: readonly string[];
}

/** What is told of a drift, with what each host shows and the commands that are safe; null where all is well or on its way. */
export function faultOf(found: Drift, about: DriftCase): InstanceFault | null {
  const fault = ownFaultOf(found, about);
  if (fault === null || fault.kind === 'claimed' || about.claimants.length === 0) return fault;
  return {
    ...fault,
    message: `${fault.message} ${claimOf(about)}, which decides nothing.`,
    remedy: `${fault.remedy} ${claimRemedy(about)}`,
  };
}

function ownFaultOf(found: Drift, about: DriftCase): InstanceFault | null {
  const { instance } = about;
  const itsHost = nameOf(about, instance.hostId);
  const shows = describeAll(about);
  const nobody = { hostIds: [], withoutGap: null, keep: null };
  switch (found.kind) {
    case 'as-recorded':
    case 'wait':
    case 'moved':
      return null;
    case 'vanished':
      return {
        kind: 'vanished',
        message: `no host knows it any more; it was on ${itsHost}. ${shows}`,
        remedy: `See who took it away (the log of libvirtd on ${itsHost}). Ferry keeps its record and touches no disk. When it is defined again on any of these hosts (virsh define, with the uuid ${instance.id}), Ferry finds it.`,
        ...nobody,
      };
    case 'not-taken':
      return {
        kind: 'ambiguous',
        message: `others have moved it from ${itsHost} to ${nameOf(about, found.hostId)}, which is in maintenance and takes no instance. ${shows}`,
        remedy: `Move it on by hand to a host that is not in maintenance, or end the maintenance (\`ferry host maintenance ${nameOf(about, found.hostId)} off\`): Ferry then follows it. Do not start it on ${itsHost}.`,
        ...nobody,
      };
    case 'unreachable':
      return {
        kind: 'unreachable',
        message: `whether it runs is not known: no host that answers runs it, and ${silent(about).join(' and ')} ${silent(about).length === 1 ? 'does' : 'do'} not answer`,
        remedy: `Bring libvirtd back there. Start it nowhere else before you have made sure that ${itsHost} is off.`,
        ...nobody,
      };
    case 'ambiguous':
      return {
        kind: 'ambiguous',
        message: `where it is cannot be told. ${shows}`,
        remedy: untoldRemedies[found.because](itsHost, instance.id),
        ...nobody,
      };
    case 'two-runners':
      return {
        kind: 'two-copies',
        message: `it ran on ${list(about, found.hostIds)} at the same time, and each copy is paused. ${gapOf(about, found.withoutGap)}When it was found: ${shows}`,
        remedy: chooseOne(instance.name, nameOf(about, found.withoutGap ?? 'HOST')),
        hostIds: found.hostIds,
        withoutGap: found.withoutGap,
        keep: null,
      };
    case 'two-copies':
      return {
        kind: 'two-copies',
        message: `${list(about, found.hostIds)} each hold a copy of its memory. ${shows}`,
        remedy: chooseOne(instance.name, 'HOST'),
        ...nobody,
        hostIds: found.hostIds,
      };
    case 'stale-copy':
      return {
        kind: 'stale-copy',
        message: `it is on ${itsHost}, and ${list(about, found.hostIds)} still ${found.hostIds.length === 1 ? 'has' : 'have'} a copy that does not run. ${shows}`,
        remedy: clearAway(about, found.hostIds),
        ...nobody,
        hostIds: found.hostIds,
      };
    case 'claimed':
      return {
        kind: 'claimed',
        message: `it is on ${itsHost}, as it should be; ${claimOf(about)}. The one on ${itsHost} is left as it is.`,
        remedy: claimRemedy(about),
        ...nobody,
        hostIds: found.hostIds,
      };
  }
}

const untoldRemedies: Record<AmbiguousBecause, (itsHost: string, id: string) => string> = {
  'may run on both': (itsHost) =>
    `Bring ${itsHost}'s libvirtd back, or make sure that the host is off. Until then it may run there too.`,
  'post-copy failed': () =>
    'The guest is frozen and its memory is on two hosts: recover the post-copy migration where both libvirts can (virsh migrate --postcopy-resume; libvirt 11.3 ends at it), or end both and start it from its disk. Never resume the copy at the source.',
  'stands still': (itsHost, id) =>
    `A move broke off after the switch-over. When you are sure that no host at all took it over, also none that Ferry does not know: on ${itsHost}, virsh resume ${id}.`,
  'moved out of sight': (itsHost) =>
    `It was migrated away from ${itsHost} to a host that does not answer or that Ferry does not know: bring that host back, or take it in with \`ferry host add\`; Ferry then finds it. Do not start what is left on ${itsHost}.`,
  'paused elsewhere': (itsHost, id) =>
    `It is off on ${itsHost}, and another host has a paused copy, which may be what an earlier move left. If it is the guest, let it run there (virsh resume ${id}): Ferry then finds it. If it is old, end it there (virsh destroy ${id}).`,
  'several definitions': () =>
    'None of these definitions is known to be the right one. Undefine those that are not (virsh undefine --keep-nvram leaves the disks), or start the right one: Ferry then finds it.',
};

/** Without its state, which whoever made it can change at will. */
function claimOf(about: DriftCase): string {
  const [names, one] = [list(about, about.claimants), about.claimants.length === 1];
  return `${names} ${one ? 'shows' : 'show'} a domain of its uuid and ${one ? 'was' : 'were'} never recorded to have it`;
}

function claimRemedy(about: DriftCase): string {
  const { id, hostId } = about.instance;
  const [itsHost, names] = [nameOf(about, hostId), list(about, about.claimants)];
  return `Look at ${names}: who has defined ${id} there, and is that host sound? If it is of no use: there, virsh destroy ${id} if it is started, then virsh undefine ${id} --keep-nvram --snapshots-metadata --checkpoints-metadata. If somebody has moved the guest there by hand, end it on ${itsHost} and take its definition away there: Ferry then follows it.`;
}

function gapOf(about: DriftCase, withoutGap: string | null): string {
  if (withoutGap === null) return 'Which of them ran without a gap is not known. ';
  return `The one on ${nameOf(about, withoutGap)} ran without a gap, as far as was seen. `;
}

function chooseOne(name: string, host: string): string {
  return `Choose the copy that is to go on: \`ferry instance keep ${name} --host ${host}\`. It ends the other copies, which stand paused, leaves all disks, and lets the chosen one run. Resume or start none by hand.`;
}

/** Definitions can be removed; what holds memory must be ended first, and only as long as it stands still. */
function clearAway(about: DriftCase, hostIds: readonly string[]): string {
  const { id } = about.instance;
  const commands = hostIds.map((hostId) => {
    const one = about.shown.get(hostId);
    const paused = one?.kind === 'present' && one.state === 'paused';
    const end = paused ? `virsh destroy ${id} (it stands paused there), then ` : '';
    return `on ${nameOf(about, hostId)}: ${end}virsh undefine ${id} --keep-nvram --snapshots-metadata --checkpoints-metadata`;
  });
  return `Do not start it. When it is of no use any more: ${commands.join('; ')}. This leaves its disks.`;
}

function describeAll({ shown, hostNames }: DriftCase): string {
  const parts = [...shown].map(([id, one]) => `${hostNames.get(id) ?? id}: ${describe(one)}`);
  return `${parts.toSorted().join('; ')}.`;
}

/** Without the reason of a host's silence, which may differ from look to look. */
function describe(sighting: Sighting): string {
  switch (sighting.kind) {
    case 'absent':
      return 'nothing there';
    case 'unreachable':
      return 'no answer';
    case 'present':
      return `${sighting.state} (${sighting.reason})`;
  }
}

function silent(about: DriftCase): string[] {
  const ids = [...about.shown].flatMap(([id, one]) => (one.kind === 'unreachable' ? [id] : []));
  return ids.map((id) => nameOf(about, id)).toSorted();
}

function list(about: DriftCase, hostIds: readonly string[]): string {
  return hostIds
    .map((id) => nameOf(about, id))
    .toSorted()
    .join(' and ');
}

function nameOf({ hostNames }: DriftCase, id: string): string {
  return hostNames.get(id) ?? id;
}
