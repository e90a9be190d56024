import type { DomainDescriptions, DomainFacts, PowerState, Sighting } from '@ferry/model';
import type { Call } from './call.ts';
import type { DomainAdaptation } from './domain-adaptation.ts';

/** One snapshot or checkpoint as its host describes it. */
export interface DomainRecord {
  readonly name: string;
  readonly xml: string;
  /** Of snapshots: the one that the domain stands on now. */
  readonly current: boolean;
}

/** What libvirt keeps of a domain beside its definition: descriptions, each behind the one that it was made on. */
export interface DomainRecords {
  readonly snapshots: readonly DomainRecord[];
  readonly checkpoints: readonly DomainRecord[];
}

/** A change that a host tells of by itself. */
export type DomainEvent =
  /** `now`: its processors were stopped, or run on; not set: that is to be looked at. */
  | { readonly kind: 'state-changed'; readonly domainId: string; readonly now?: 'stopped' | 'runs-on' }
  | { readonly kind: 'job-ended'; readonly domainId: string }
  | { readonly kind: 'iteration'; readonly domainId: string; readonly iteration: number };

/** Power state of a domain, and libvirt's reason for it in its own words. */
export interface DomainPower {
  readonly power: PowerState;
  /** Its name, where all domains were asked for at once. */
  readonly name?: string;
  readonly reason: string;
}

/** A domain that is there, of which no more is known than its name as libvirt lists it. */
export interface UnreadDomain {
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

/** Domains of one host. */
export interface HostDomains {
  /** The state of every domain, by id, in one question, which no job and no hung guest holds up. */
  powers(call?: Call): Promise<ReadonlyMap<string, DomainPower>>;
  /** All domains that can be read, without their images' sizes (that takes a look at each file). One that cannot hides no other. */
  list(call?: Call): Promise<readonly DomainFacts[]>;
  /** Domains whose description cannot be read: what they have of their host nobody knows. */
  unread(call?: Call): Promise<readonly UnreadDomain[]>;
  /** One domain with its images; null when the host does not know it. */
  domain(id: string, call?: Call): Promise<DomainFacts | null>;
  /** The id of the domain of that name; null when there is none. */
  /** What its host has of a domain, now and for its next start; null where there is no such domain. */
  descriptions(id: string, call?: Call): Promise<DomainDescriptions | null>;
  idOf(name: string, call?: Call): Promise<string | null>;
  /** What the host shows of a domain now. Never throws for a host that does not answer: it says `unreachable`. */
  observe(id: string, call?: Call): Promise<Sighting>;
  /** A definition that another host can take (`virsh dumpxml --inactive --security-info --migratable`), as it is to be there. */
  definition(id: string, call?: Call, adaptation?: DomainAdaptation | null): Promise<string>;
  /** Its snapshots and checkpoints, as another host can take them. */
  records(id: string, call?: Call): Promise<DomainRecords>;
  /** Makes a domain's records known to a host that has its disks; the disks stay as they are. */
  ensureRecords(id: string, records: DomainRecords, call?: Call): Promise<void>;
  ensureDefined(xml: string, call?: Call): Promise<void>;
  /** Removes the definition and the records of a domain that does not run; throws `wrong-state` for one that runs. Absent is fine. */
  ensureUndefined(id: string, call?: Call): Promise<void>;
  /**
   * Sees that nobody starts it from its definition, whose why (letters, digits and hyphens) is in the error that he gets.
   * What is started already goes on. `not-possible`: its host does not allow it, and nothing is changed.
   */
  ensureStartPrevented(id: string, why: string, call?: Call): Promise<'prevented' | 'not-possible'>;
  /** It may be started again, and is defined as it was before, with what was changed since. Absent is fine. */
  ensureStartAllowed(id: string, call?: Call): Promise<void>;
  /** `paused`: its processors do not run until they are told to. One that is paused counts as started then. */
  ensureStarted(id: string, call?: Call, how?: { readonly paused: boolean }): Promise<void>;
  /**
   * Asks the guest to power off, again and again as one that boots misses it, and after `graceMs` ends it: only for a
   * power-off that a person asked for.
   */
  ensureShutOff(id: string, graceMs: number, call?: Call): Promise<'by-guest' | 'forced' | 'was-off'>;
  /** Lets a domain run on that stands paused; one that runs is fine. Throws `wrong-state` for one that is off: nothing of it is left to run on. */
  ensureResumed(id: string, call?: Call): Promise<void>;
  /**
   * Lets a domain stand still that runs; one that does not run stays as it is. Asked where nothing slow is in the way:
   * two that run must not run on for the sake of a queue.
   */
  ensurePaused(id: string, call?: Call): Promise<void>;
  /**
   * Ends the paused remains of a domain that has moved away, and its definition.
   * Throws `wrong-state` when the domain runs: remains never run.
   */
  ensureStaleCopyRemoved(id: string, call?: Call): Promise<void>;
  /**
   * Ends what is left of a guest whose memory post-copy has lost: it stands still for ever. Throws `wrong-state` when the
   * domain is in any other state. Absent or off is fine.
   */
  ensureLostEnded(id: string, call?: Call): Promise<void>;
  setAutostart(id: string, on: boolean, call?: Call): Promise<void>;
  /** Has the hypervisor announce the guest's hardware addresses to its networks once more. */
  announce(id: string, call?: Call): Promise<void>;
  /** Nanoseconds that the guest's virtual CPUs have run, all together: it grows while a guest lives. */
  vcpuTimeNs(id: string, call?: Call): Promise<bigint>;
  /** Why this host has no such emulator; null: it has. The empty path means the host's own. */
  emulatorProblem(
    domain: Pick<DomainFacts, 'emulator' | 'arch' | 'domainType'>,
    call?: Call,
  ): Promise<string | null>;
  /** How this host's hypervisor can run that CPU (`<cpu>` element). */
  compareCpu(
    domain: Pick<DomainFacts, 'cpuXml' | 'emulator' | 'arch' | 'machineType' | 'domainType'>,
    call?: Call,
  ): Promise<'identical' | 'superset' | 'incompatible'>;
  /** Changes as they happen, until the signal or the connection ends it. */
  events(id: string, signal: AbortSignal): AsyncIterable<DomainEvent>;
}
