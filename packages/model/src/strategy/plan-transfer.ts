import type { DiskFacts, ImageFacts } from '../instance/domain-facts.ts';
import { serversOfOneHost } from '../instance/network-facts.ts';
import type { MigrationKind } from '../migration/migration.ts';
import { insideObstacles } from './inside-obstacles.ts';
import type {
  BackingPlan,
  CopiedDisk,
  DiskPlan,
  ImageSharing,
  NetworkReach,
  PlanObstacle,
  TransferPlan,
} from './transfer-plan.ts';

/** What is decided about one disk. */
interface Decision {
  readonly disk: DiskPlan;
  readonly obstacles: readonly PlanObstacle[];
}

/**
 * How the disks of a domain get to the target, from what was proven about each image. An image without a proof is
 * kept in the plan and named as an obstacle: neither is it copied over what may be the same file, nor taken as shared.
 */
export function planTransfer(
  { kind, coordinated = false }: { readonly kind: MigrationKind; readonly coordinated?: boolean },
  disks: readonly DiskFacts[],
  sharing: readonly ImageSharing[],
  reached: readonly NetworkReach[] = [],
  targetPaths: Readonly<Record<string, string>> = {},
): TransferPlan {
  const proofs = new Map(sharing.map((one) => [one.path, one]));
  const decisions = disks.map((disk) =>
    disk.kind === 'network' ? decideNetwork(disk, reached) : decide(disk, proofs),
  );
  const all = decisions.map(({ disk }, index) => withBasesElsewhere(disk, disks[index], targetPaths));
  const isSent = (plan: DiskPlan, index: number): plan is CopiedDisk =>
    plan.action === 'copy' && disks[index]?.sentByHypervisor === true;
  const plans = all.filter((plan, index) => !isSent(plan, index));
  const sent = all.filter(isSent).map(({ target, path, because }) => ({ target, path, because }));
  return {
    form: formOf(kind, coordinated, plans),
    disks: plans,
    copyBytes: copyBytes(plans),
    warm: null,
    obstacles: [
      ...decisions.flatMap((decision) => decision.obstacles),
      ...(kind === 'live-migration' ? disks.flatMap((disk) => encryptedLive(disk, plans)) : []),
      ...disks.flatMap((disk) => insideObstacles(kind, disk, plans, targetPaths)),
    ],
    ...(sent.length > 0 && { sent }),
    ...(Object.keys(targetPaths).length > 0 && { targetPaths }),
  };
}

/**
 * A disk that changes while it is copied needs Ferry as the coordinator: with local disks libvirt's own forms end
 * with two running copies when the target's last reply is lost. Read-only images are brought beforehand. With shared
 * disks it is a matter of choice.
 */
function formOf(kind: MigrationKind, coordinated: boolean, disks: readonly DiskPlan[]): TransferPlan['form'] {
  if (kind === 'cold-migration') return 'cold';
  return coordinated || disks.some((disk) => disk.action === 'copy' && !disk.readOnly)
    ? 'coordinated'
    : 'peer-to-peer';
}

/** A disk that stays is told anew what it stands on where that is elsewhere on the target. */
function withBasesElsewhere(
  plan: DiskPlan,
  disk: DiskFacts | undefined,
  targetPaths: Readonly<Record<string, string>>,
): DiskPlan {
  const backing = disk?.backing ?? [];
  if (plan.action !== 'keep' || !backing.some(({ path }) => targetPaths[path] !== undefined)) return plan;
  return { ...plan, backing: backing.map(({ path, format }) => ({ path, format })) };
}

type Proofs = ReadonlyMap<string, ImageSharing>;

function decide(disk: DiskFacts, proofs: Proofs): Decision {
  const place = disk.kind === 'file' || disk.kind === 'block';
  if (place && disk.path === null) return kept(disk, 'the drive is empty');
  if (disk.missing !== undefined && disk.optional === true)
    return kept(disk, 'its medium is gone and optional: the drive is empty, there as here');
  if (disk.missing !== undefined)
    return kept(disk, 'it is not whole at the source', [
      { kind: 'image-missing', target: disk.target, path: disk.path, reason: disk.missing },
    ]);
  const proof = disk.image === null ? undefined : proofs.get(disk.image.path);
  if (!place || disk.image === null || proof === undefined) {
    const because = `not proven: nobody could tell whether the target sees this ${disk.kind} disk`;
    return kept(disk, because, [{ kind: 'unproven', target: disk.target, path: disk.path }]);
  }
  if (proof.verdict === 'shared')
    return kept(disk, proof.proof, [...linked(disk, proofs), ...basesNotShared(disk, proofs)]);
  const links = linked(disk, proofs);
  if (links.length > 0) return kept(disk, proof.proof, links);
  if (disk.readOnly && proof.onTarget === 'same-content') {
    return kept(disk, 'it is read-only, and the same content stands at the same path on the target');
  }
  if (disk.shareable) {
    return kept(disk, proof.proof, [{ kind: 'shareable', target: disk.target, path: disk.path }]);
  }
  const device = deviceObstacle(proof);
  if (device !== null)
    return kept(disk, proof.proof, [
      { kind: device, target: disk.target, path: disk.path, reason: proof.proof },
    ]);
  return copied(disk, disk.image, proof, proofs);
}

/** Images of it whose names lead elsewhere on the target: what is there is not overwritten, and is not the guest's. */
function linked({ target, path, backing }: DiskFacts, proofs: Proofs): PlanObstacle[] {
  return [path, ...backing.map((base) => base.path)]
    .filter((one) => one !== null && proofs.get(one)?.onTarget === 'other-file')
    .map((one) => ({ kind: 'link', target, path: one }));
}

/** A device is written over only where somebody named it, nothing is on it, and all fits. */
function deviceObstacle({ onTarget }: ImageSharing): PlanObstacle['kind'] | null {
  switch (onTarget) {
    case 'no-device':
      return 'no-device';
    case 'small':
      return 'device-small';
    case 'used':
      return 'device-taken';
    case 'other-device':
      return 'device-differs';
    default:
      return null;
  }
}

/** The same names lead to the same disk, unless they are names of one host; that the target gets there is tried. */
function decideNetwork(disk: DiskFacts, reached: readonly NetworkReach[]): Decision {
  const { network, target } = disk;
  const reach = reached.find((one) => one.target === target);
  if (network === null || reach === undefined) {
    const because = 'not proven: nobody could tell whether the target reaches this disk on the network';
    return kept(disk, because, [{ kind: 'unproven', target, path: network?.name ?? null }]);
  }
  const because = `the target's hypervisor has opened ${network.protocol} "${network.name}"`;
  const [local] = serversOfOneHost(network);
  if (local !== undefined) {
    return kept(disk, because, [{ kind: 'one-host', target, path: network.name, reason: local }]);
  }
  if (reach.later === true)
    return kept(disk, 'the target gets what it takes to reach it first, and is then tried');
  if (reach.refusal === null) return kept(disk, because);
  return kept(disk, `not reached: ${reach.refusal}`, [
    { kind: 'unreachable', target, path: network.name, reason: reach.refusal },
  ]);
}

/** An image made for the hypervisor to fill has no header of its key, and its content is sent decrypted. */
function encryptedLive({ secrets, target, path }: DiskFacts, plans: readonly DiskPlan[]): PlanObstacle[] {
  const plan = plans.find((one) => one.target === target);
  const encrypted = secrets.some(({ usageType }) => usageType === 'volume');
  if (!encrypted || plan?.action !== 'copy' || plan.readOnly) return [];
  return [{ kind: 'encrypted-live', target, path }];
}

function kept(disk: DiskFacts, because: string, obstacles: readonly PlanObstacle[] = []): Decision {
  return { disk: { action: 'keep', target: disk.target, path: disk.path, because }, obstacles };
}

/** A shared overlay on a base that only the source has cannot be opened by the target. */
function basesNotShared(disk: DiskFacts, proofs: Proofs): PlanObstacle[] {
  return disk.backing
    .filter(({ path }) => !targetHas(proofs.get(path)) && proofs.get(path)?.onTarget !== 'other-file')
    .map((base) => ({ kind: 'base-not-shared', target: disk.target, path: base.path }));
}

function targetHas(proof: ImageSharing | undefined): boolean {
  return proof !== undefined && (proof.verdict === 'shared' || proof.onTarget === 'same-content');
}

function copied(disk: DiskFacts, image: ImageFacts, proof: ImageSharing, proofs: Proofs): Decision {
  const obstacles: PlanObstacle[] = [];
  const toDevice = proof.onTarget === 'blank';
  const onItsWay = disk.readOnly && proof.onTarget === 'on-its-way';
  if (proof.onTarget !== 'nothing' && !toDevice && !onItsWay)
    obstacles.push({ kind: 'path-taken', target: disk.target, path: image.path });
  const backing = disk.backing.map((base): BackingPlan => {
    const baseProof = proofs.get(base.path);
    if (baseProof === undefined) obstacles.push({ kind: 'unproven', target: disk.target, path: base.path });
    else if (baseProof.verdict === 'separate' && baseProof.onTarget === 'other-content')
      obstacles.push(baseDiffers(disk.target, baseProof));
    return { ...sizeOf(base), action: actionFor(baseProof) };
  });
  const plan: CopiedDisk = {
    ...sizeOf(image),
    action: 'copy',
    target: disk.target,
    readOnly: disk.readOnly,
    because: proof.proof,
    backing,
    ...(disk.kind === 'block' && { fromDevice: true }),
    ...(toDevice && { toDevice }),
    ...(disk.standsStill === true && { standsStill: true }),
  };
  return { disk: plan, obstacles };
}

function baseDiffers(target: string, { path, digests }: ImageSharing): PlanObstacle {
  return { kind: 'base-differs', target, path, ...(digests !== undefined && { digests }) };
}

function actionFor(proof: ImageSharing | undefined): BackingPlan['action'] {
  if (targetHas(proof)) return 'present';
  return proof?.onTarget === 'on-its-way' ? 'await' : 'bring';
}

function sizeOf(
  image: ImageFacts,
): Pick<BackingPlan, 'path' | 'format' | 'capacityBytes' | 'allocationBytes'> {
  const { path, format, capacityBytes, allocationBytes } = image;
  return { path, format, capacityBytes, allocationBytes };
}

/** An image to be brought to the target, once, however many disks stand on it. */
export function imagesToBring(
  disks: readonly DiskPlan[],
): readonly (Pick<BackingPlan, 'path' | 'capacityBytes' | 'allocationBytes'> &
  Pick<CopiedDisk, 'toDevice'>)[] {
  const images = disks.flatMap((disk) =>
    disk.action === 'copy' ? [disk, ...disk.backing.filter((base) => base.action === 'bring')] : [],
  );
  return [...new Map(images.map((image) => [image.path, image])).values()];
}

function copyBytes(disks: readonly DiskPlan[]): number {
  return imagesToBring(disks).reduce((sum, image) => sum + image.allocationBytes, 0);
}
