import type { Call } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DiskFacts,
  type DomainFacts,
  type MoveRequest,
  planTransfer,
  planWarm,
  type StorageSettings,
  type TransferPlan,
} from '@ferry/model';
import { askHost } from './ask-host.ts';
import { filesOfGuest } from './files-of-guest.ts';
import { withOwners } from './files/inspect-file-users.ts';
import type { Asking } from './files/look-for-users.ts';
import { inspectNetworkDisks } from './inspect-disks.ts';
import type { AnsweringHost } from './look-at-host.ts';
import { inspectStorage } from './storage/inspect-storage.ts';
import { type Places, placesOf, placesOfFiles } from './storage/places-of.ts';
import { provenSharing } from './storage/proven-sharing.ts';
import { triedLater } from './storage/tried-later.ts';
import type { Services } from '../engine/services.ts';

/** What a plan is made of. */
export interface PlanQuestion {
  readonly request: MoveRequest;
  readonly source: AnsweringHost;
  readonly target: AnsweringHost;
  readonly domain: DomainFacts;
  readonly settings: StorageSettings;
  /** What the guest names beside its disks. */
  readonly files: readonly string[];
  readonly asking: Asking;
}

/** What is to be done with each file of a guest, as far as it can be found out. */
export interface PlanOfMove extends Pick<CheckInput, 'pools' | 'secrets'> {
  readonly plan: TransferPlan | null;
  /** Why there is none. */
  readonly problem: string | null;
  /** All files of the guest, as disks; null: not known. */
  readonly disks: readonly DiskFacts[] | null;
  readonly places: Places | null;
}

/** Finds out where a guest's files are on both hosts, which of them both hosts see, and what the move does with each. */
export async function planOfMove(
  services: Services,
  question: PlanQuestion,
  call: Call,
): Promise<PlanOfMove> {
  const { request, domain, settings } = question;
  const [source, target] = [question.source.answers, question.target.answers];
  const [volumes, files] = await Promise.all([
    inspectStorage(source, target, domain, settings.pools, call),
    askHost(services, filesOfGuest(source, request.kind, domain, call)),
  ]);
  const disks = files.value ?? [];
  const places = await askHost(services, placesOf(target, disks, volumes.pools, settings, call));
  const sites = {
    source: { hostId: question.source.host.id, host: source },
    target: { hostId: question.target.host.id, host: target },
  };
  const later = triedLater(volumes.secrets, domain.disks);
  const [sharing, reached] = await Promise.all([
    askHost(
      services,
      places.value === null || files.value === null
        ? undefined
        : provenSharing(services, sites, disks, places.value, request.sharedDevices, call),
    ),
    askHost(services, inspectNetworkDisks(target, disks, later, call)),
  ]);
  const transfer =
    sharing.value === null || places.value === null
      ? null
      : planTransfer(request, disks, sharing.value, reached.value ?? [], {
          ...placesOfFiles(question.files, settings),
          ...places.value.paths,
        });
  return {
    ...volumes,
    plan: transfer === null ? null : await completed(services, question, transfer, call),
    problem: files.problem ?? places.problem ?? sharing.problem ?? reached.problem,
    disks: files.value,
    places: places.value,
  };
}

/** With what copying while the guest runs adds, and with whose the files are that stand in the way. */
async function completed(
  services: Services,
  { request, domain, target, asking }: PlanQuestion,
  transfer: TransferPlan,
  call: Call,
): Promise<TransferPlan> {
  const warm = request.warm && request.kind === 'cold-migration';
  const plan = warm ? { ...transfer, warm: planWarm(domain, transfer) } : transfer;
  const owned = await askHost(services, withOwners(services, target.host, plan, asking, call));
  return owned.value ?? plan;
}
