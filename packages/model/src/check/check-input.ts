import type { DoctorFinding } from '../doctor/doctor-finding.ts';
import type { DomainDescriptions } from '../domain-elements/domain-element.ts';
import type { ElementAnswer } from '../domain-elements/element-questions.ts';
import type { OwnershipFacts } from '../host/host-facts.ts';
import type { Host } from '../host/host.ts';
import type { DomainFacts } from '../instance/domain-facts.ts';
import type { Instance } from '../instance/instance.ts';
import type { NetworkComparison } from '../instance/network-facts.ts';
import type { MigrationKind } from '../migration/migration.ts';
import type { MoveRequest } from '../move/move-options.ts';
import type { GroupOfInstance } from '../server-group/server-group.ts';
import type { PlacesOnHost } from '../storage/allowed-directories.ts';
import type { FileNaming } from '../storage/file-users.ts';
import type { PoolComparison, SecretComparison } from '../storage/pool-facts.ts';
import type { EncryptionFacts } from '../strategy/memory-encryption.ts';
import type { TransferPlan } from '../strategy/transfer-plan.ts';
import type { Finding } from './finding.ts';

/** The roles of callers, weakest first. */
export type Role = 'reader' | 'operator' | 'admin';

/**
 * All facts that checks may use. Null means "could not be had": a check that needs it answers `unknown`,
 * so that one missing fact never hides the other findings.
 */
export interface CheckInput {
  readonly role: Role;
  readonly request: MoveRequest;
  readonly instance: Instance;
  /** The migration that asks, once it holds the instance: it does not stand in its own way. */
  readonly migrationId?: string | null;
  readonly source: Host;
  readonly target: Host | null;
  /** Why there is no target, when Ferry could not choose one or the name is unknown. */
  readonly targetProblem: string | null;
  /** Names of the hosts there are, for the remedy. */
  readonly hostNames: readonly string[];
  readonly domain: DomainFacts | null;
  /** Why the target has no such emulator as the definition names, null where it has; not told: null. */
  readonly emulator: { readonly problem: string | null } | null;
  /** What the target says of the domain's CPU. */
  readonly cpuComparison: 'identical' | 'superset' | 'incompatible' | null;
  /** Domain on the target that has the same uuid or name, by what it shares. */
  readonly conflict:
    | { readonly by: 'uuid' | 'name'; readonly name: string; readonly state: string }
    | null
    | 'unknown';
  /** Whether both hosts can send encrypted; null: there is no target. */
  readonly encryption: EncryptionFacts | null;
  /** What the doctor found last on the way from source to target; null: nobody has looked lately. */
  readonly way: { readonly examinedAt: string; readonly findings: readonly DoctorFinding[] } | null;
  /** Memory that other running migrations have claimed on the target. */
  readonly claimedMemoryBytes: number;
  /** The server group that it is in; null: none. */
  readonly serverGroup: GroupOfInstance | null;
  /** What the domain names, element by element, and what was seen of it on the target. */
  readonly elements: ElementFacts | null;
  readonly plan: TransferPlan | null;
  /** What would be done to files on each host, and where guests may have files there; empty: nobody told. */
  readonly places: readonly PlacesOnHost[];
  /** Who else has the files that are copied, on their host; null: it did not tell. */
  readonly fileUsers: readonly FileNaming[] | null;
  /** Why there is no plan, when the disks could not be judged. */
  readonly planProblem: string | null;
  /**
   * What both hosts do with the owner of images, where it was looked at: only where their QEMU users differ and a disk is
   * shared. Null for a side that did not tell.
   */
  readonly ownership: { readonly source: OwnershipFacts | null; readonly target: OwnershipFacts | null };
  /** Whether locks keep a second guest from the images of each shared directory; null: it did not show. */
  readonly diskLocks: readonly {
    readonly directory: string;
    readonly disks: readonly string[];
    readonly hold: boolean | null;
  }[];
  /** Room where copied images will stand, by directory on the target. */
  readonly room: readonly (DirectoryRoom & { readonly claimedBytes: number })[];
  /** What copying while the guest runs takes to know, where it was asked for and the guest runs; null: not known. */
  readonly warm: WarmFacts | null;
  /** What the guest is plugged into, on both hosts; empty when the guest is not known. */
  readonly networks: readonly NetworkComparison[];
  /** Pools that the guest names disks by, on both hosts. */
  readonly pools: readonly PoolComparison[];
  /** Secrets that its disks name, on both hosts. */
  readonly secrets: readonly SecretComparison[];
  /** Names of the instance's security groups. */
  readonly groups: readonly string[];
  /** Names of the packet filters that the target has; null when it did not say. */
  readonly targetFilters: readonly string[] | 'cannot-filter' | 'not-in-force' | null;
}

/** The descriptions of a domain, and answers to the questions that they raise, by their ids. */
export interface ElementFacts {
  readonly descriptions: DomainDescriptions;
  readonly answers: Readonly<Record<string, ElementAnswer>>;
}

/** What the source tells of a guest whose disks are to be copied while it runs. */
export interface WarmFacts {
  /** What keeps overlays from its disks, by the guest's name of each. */
  readonly obstacles: readonly OverlayObstacle[];
  /** Room where the overlays will stand, by directory of the source, and what other warm moves may take of it. */
  readonly room: readonly (DirectoryRoom & { readonly claimedBytes: number })[];
}

/**
 * Why a disk cannot have an overlay for a while. `job`: libvirt does something to it; `encrypted`: the overlay would not be;
 * `transient`: what is written to it is thrown away; `not-a-file`: the overlay would not lead back to it by the same name.
 */
export interface OverlayObstacle {
  readonly disk: string;
  readonly kind: 'job' | 'encrypted' | 'transient' | 'not-a-file';
  /** The job, or the disk's kind, in libvirt's words. */
  readonly what: string;
}

/** Room in one directory (storage pool) of the target. */
export interface DirectoryRoom {
  readonly directory: string;
  /** Whether the target has the directory at all. */
  readonly present: boolean;
  readonly availableBytes: number | null;
}

/** One check: facts in, findings out. Never throws; says `ok` too, so that people see what was compared. */
export interface Check {
  readonly code: string;
  /** The point it answers, in one line, for help and docs. */
  readonly about: string;
  /** Which kinds of move it applies to. */
  readonly kinds: readonly MigrationKind[];
  judge(input: CheckInput): readonly Finding[];
}

/** For checks that apply to every move. */
export const bothKinds: readonly MigrationKind[] = ['live-migration', 'cold-migration'];
/** For checks of a guest that runs while it moves. */
export const liveOnly: readonly MigrationKind[] = ['live-migration'];
/** For checks of a guest that is off while it moves. */
export const coldOnly: readonly MigrationKind[] = ['cold-migration'];
