import { moveOptions } from '@ferry/api';
import {
  type CheckInput,
  type DomainFacts,
  filterNames,
  type Host,
  type Migration,
  networkSettings,
  type TransferPlan,
} from '@ferry/model';
import type { MoveInput, Side } from '../context/move-input.ts';
import type { Services } from '../engine/services.ts';
import { strategyOf } from '../policies/policy-of-move.ts';
import { moveStorage } from './move-storage.ts';
import type { CheckReport } from './check-move.ts';

/** What of a check is there when its verdict is `possible`. */
export interface Movable {
  readonly source: CheckInput['source'];
  readonly target: Host;
  readonly domain: DomainFacts;
  readonly plan: TransferPlan;
}

/** What a move that was found possible is carried out with. */
export async function moveInput(
  services: Services,
  { instance, request, policy, inspection }: CheckReport,
  { source, target, domain, plan }: Movable,
  migration: Pick<Migration, 'id' | 'resize'>,
): Promise<MoveInput> {
  const networks = networkSettings(request, target);
  const { encryption } = inspection.input;
  const sides = { instanceId: instance.id, domain, plan, source, target, encryption };
  return {
    migrationId: migration.id,
    instanceId: instance.id,
    instanceName: domain.name,
    source: sideOf(source),
    target: sideOf(target),
    targetOwner: target.facts?.qemuOwner ?? null,
    plan,
    options: {
      ...moveOptions(request),
      // The target holds the guest until all of it is there, which a policy that allows post-copy cannot know.
      ...(plan.form === 'coordinated' ? { postCopy: 'never' as const } : {}),
      defineNetworks: networks.define,
    },
    policy,
    ...(request.kind === 'live-migration' ? { strategy: await strategyOf(services, policy, sides) } : {}),
    arrivesPaused: plan.form === 'coordinated',
    persistent: domain.persistent,
    autostart: domain.autostart,
    power: domain.power,
    filter: inspection.input.groups.length === 0 ? null : filterNames.instance(instance.id),
    networks: networks.map,
    ports: portsOf(domain),
    libvirtNetworks: inspection.input.networks
      .filter((network) => network.kind === 'network')
      .map(({ name: plugged, targetName }) => ({ name: plugged, targetName })),
    storage: moveStorage(inspection.input),
    hold: request.hold,
    resize: migration.resize,
  };
}

/** Ids that networks gave to the ports of a guest that runs. */
function portsOf({ interfaces }: DomainFacts): MoveInput['ports'] {
  const ports = interfaces.flatMap(({ kind, mac, virtualPort, portId }) =>
    kind === 'network' && virtualPort === 'openvswitch' && portId !== null ? [[mac, portId] as const] : [],
  );
  return Object.fromEntries(ports);
}

function sideOf({ id, name, uri, peerUri, trustedCopyAddress, screenAddress }: Side): Side {
  return { id, name, uri, peerUri, trustedCopyAddress, screenAddress: screenAddress ?? null };
}
