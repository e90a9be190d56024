import {
  CpuComparison,
  CreateFlag,
  type DomainRef,
  DomainStatsGroup,
  DomainXmlFlag,
  followEvents,
  jobOperations,
  JobType,
  numberOf,
  UndefineFlag,
} from '@ferry/libvirt';
import type {
  DiskFacts,
  DomainDescriptions,
  DomainElement,
  DomainExtras,
  DomainFacts,
  PowerState,
  PresentSighting,
  Sighting,
} from '@ferry/model';
import { askAgainAfterMs, askUntilDone } from '../contract/ask-until-done.ts';
import type { Call } from '../contract/call.ts';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { DomainRecords } from '../contract/domain-records.ts';
import type { DomainEvent, DomainPower, HostDomains, UnreadDomain } from '../contract/host-domains.ts';
import { adaptDomainXml } from '../xml/adapt-domain-xml.ts';
import { readDomainElements } from '../xml/domain-elements-xml.ts';
import { isGuarded, withGuard, withoutGuard } from '../xml/start-guard.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { haveSameDisks } from '../xml/have-same-disks.ts';
import { DiskPlaces } from './disk-places.ts';
import { domainPower, sightedState } from './domain-power.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { LibvirtRecords } from './libvirt-records.ts';
import type { LibvirtStorage } from './libvirt-storage.ts';
import { ShutdownRequests } from './shutdown-requests.ts';

const shutOffPollMs = 100;
const ofHost: ReadonlySet<string> = new Set(['unreachable', 'deadline', 'aborted']);
/** What is the trouble of one domain, and not of its host. */
const ofOneDomain: ReadonlySet<string> = new Set(['invalid-xml', 'refused', 'wrong-state']);
/** The file of firmware variables is left: it is a file like the disks. */
const undefineAll =
  UndefineFlag.managedSave |
  UndefineFlag.keepNvram |
  UndefineFlag.snapshotsMetadata |
  UndefineFlag.checkpointsMetadata;

/** Domains of a libvirt host. */
export class LibvirtDomains implements HostDomains {
  readonly #connection: HostConnection;
  readonly #storage: LibvirtStorage;
  readonly #records: LibvirtRecords;
  readonly #places: DiskPlaces;

  constructor(connection: HostConnection, storage: LibvirtStorage) {
    this.#connection = connection;
    this.#storage = storage;
    this.#records = new LibvirtRecords(connection);
    this.#places = new DiskPlaces(connection, storage);
  }

  async powers(call: Call = {}): Promise<ReadonlyMap<string, DomainPower>> {
    const args = { doms: [], stats: DomainStatsGroup.state, flags: 0 };
    const { retStats } = await this.#connection.urgent('connectGetAllDomainStats', args, call);
    return new Map(
      retStats.map(({ dom, params }) => [
        dom.uuid,
        {
          ...domainPower(numberOf(params, 'state.state') ?? 0, numberOf(params, 'state.reason') ?? 0),
          name: dom.name,
        },
      ]),
    );
  }

  async list(call: Call = {}): Promise<readonly DomainFacts[]> {
    return (await this.#readAll(call)).facts;
  }

  async unread(call: Call = {}): Promise<readonly UnreadDomain[]> {
    return (await this.#readAll(call)).unread;
  }

  async #readAll(call: Call): Promise<{ facts: DomainFacts[]; unread: UnreadDomain[] }> {
    const args = { needResults: 1, flags: 0 };
    const { domains } = await this.#connection.call('connectListAllDomains', args, call);
    const facts: DomainFacts[] = [];
    const unread: UnreadDomain[] = [];
    const read = async (dom: DomainRef): Promise<void> => {
      try {
        const one = await ifThere(this.#facts(dom, call));
        if (one !== null) facts.push(one);
      } catch (error) {
        if (!(error instanceof HypervisorError && ofOneDomain.has(error.code))) throw error;
        unread.push({ id: dom.uuid, name: dom.name, why: error.message });
      }
    };
    await Promise.all(domains.map(read));
    return { facts, unread };
  }

  async domain(id: string, call: Call = {}): Promise<DomainFacts | null> {
    const dom = await this.#find(id, call);
    if (dom === null) return null;
    const facts = await ifThere(this.#facts(dom, call));
    if (facts === null) return null;
    const withImages = (disk: DiskFacts): Promise<DiskFacts> => this.#places.withImages(disk, call);
    const disks = await Promise.all(facts.disks.map(withImages));
    const next = await this.#nextDisks(dom, facts, call);
    const nextDisks = next === null ? null : await Promise.all(next.map(withImages));
    const extras = await this.#withRecords(dom, facts.extras, [...disks, ...(nextDisks ?? [])], call);
    return { ...facts, disks, extras: { ...extras, nextDisks } };
  }

  /** The disks of its next start, where they are not those that it has now. */
  async #nextDisks(
    dom: DomainRef,
    { power, persistent, disks }: DomainFacts,
    call: Call,
  ): Promise<readonly DiskFacts[] | null> {
    if (!persistent || power === 'shutoff') return null;
    const { xml } = await this.#connection.call(
      'domainGetXmlDesc',
      { dom, flags: DomainXmlFlag.inactive | DomainXmlFlag.secure },
      call,
    );
    const next = parse(this.#connection, () => readDomainXml(xml)).disks;
    return haveSameDisks(disks, next) ? null : next;
  }

  async descriptions(id: string, call: Call = {}): Promise<DomainDescriptions | null> {
    const dom = await this.#find(id, call);
    if (dom === null) return null;
    const [{ power }, { persistent }] = await Promise.all([
      this.#state(dom, call),
      this.#connection.call('domainIsPersistent', { dom }, call),
    ]);
    const read = async (more: number): Promise<DomainElement> => {
      // As it is sent: without what libvirt makes anew on each host.
      const flags = DomainXmlFlag.migratable | more;
      const { xml } = await this.#connection.call('domainGetXmlDesc', { dom, flags }, call);
      return parse(this.#connection, () => readDomainElements(xml));
    };
    const isOff = power === 'shutoff';
    return {
      live: isOff ? null : await read(0),
      next: persistent || isOff ? await read(DomainXmlFlag.inactive) : null,
    };
  }

  async idOf(name: string, call: Call = {}): Promise<string | null> {
    const found = await ifThere(this.#connection.call('domainLookupByName', { name }, call));
    return found?.dom.uuid ?? null;
  }

  async sight(id: string, call: Call = {}): Promise<Sighting> {
    try {
      const dom = await this.#find(id, call, 'urgent');
      if (dom === null) return { kind: 'absent' };
      const [state, persistent] = await Promise.all([
        this.#state(dom, call, 'urgent'),
        this.#connection.urgent('domainIsPersistent', { dom }, call),
      ]);
      return {
        kind: 'present',
        state: sightedState(state.power),
        reason: state.reason,
        persistent: persistent.persistent,
        job: await this.#job(dom, state, call),
      };
    } catch (error) {
      if (!(error instanceof HypervisorError)) throw error;
      if (error.code === 'no-domain') return { kind: 'absent' };
      return { kind: 'unreachable', reason: error.message };
    }
  }

  /**
   * Whether libvirt runs a migration job on it. Of a domain in post-copy it is not asked: libvirt 11.3 lets that question
   * wait for the job's lock, up to 30 s; nor of one that does not run.
   */
  async #job(
    dom: DomainRef,
    { power, reason }: { readonly power: DomainFacts['power']; readonly reason: string },
    call: Call,
  ): Promise<PresentSighting['job']> {
    if (reason.startsWith('post-copy')) return reason === 'post-copy' ? 'active' : 'none';
    if (power === 'shutoff' || power === 'crashed') return 'none';
    // Of a domain that is on its way in libvirt tells no statistics: that it refuses is the answer.
    const { type } = await this.#connection
      .urgent('domainGetJobInfo', { dom }, call)
      .catch(refusedAs({ type: JobType.unbounded }));
    return type === JobType.bounded || type === JobType.unbounded ? 'active' : 'none';
  }

  async definition(id: string, call: Call = {}, adaptation: DomainAdaptation | null = null): Promise<string> {
    const dom = await this.#need(id, call);
    const flags = DomainXmlFlag.secure | DomainXmlFlag.inactive | DomainXmlFlag.migratable;
    const told = await this.#connection.call('domainGetXmlDesc', { dom, flags }, call);
    // That it is held is a matter of this host.
    const xml = withoutGuard(told.xml);
    return adaptation === null ? xml : parse(this.#connection, () => adaptDomainXml(xml, adaptation));
  }

  async records(id: string, call: Call = {}): Promise<DomainRecords> {
    return this.#records.all(await this.#need(id, call), call);
  }

  async ensureRecords(id: string, records: DomainRecords, call: Call = {}): Promise<void> {
    if (records.snapshots.length + records.checkpoints.length === 0) return;
    await this.#records.ensure(await this.#need(id, call), records, call);
  }

  async ensureDefined(xml: string, call: Call = {}): Promise<void> {
    await this.#connection.call('domainDefineXmlFlags', { xml, flags: 0 }, call);
  }

  async ensureUndefined(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#find(id, call);
    if (dom === null) return;
    const state = await this.#state(dom, call);
    // A crashed one that libvirt keeps has its QEMU, and with that its disks.
    if (state.power !== 'shutoff') throw this.#wrongState(id, state, 'undefined');
    await ifThere(this.#connection.call('domainUndefineFlags', { dom, flags: undefineAll }, call));
  }

  async ensureHeld(id: string, why: string, call: Call = {}): Promise<'held' | 'not-possible'> {
    const dom = await this.#need(id, call);
    const xml = await this.#ownDefinition(dom, call);
    const guarded = withGuard(xml, why);
    if (guarded === null) return 'not-possible';
    if (guarded === xml) return 'held';
    try {
      await this.#connection.call('domainDefineXmlFlags', { xml: guarded, flags: 0 }, call);
      return 'held';
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return 'not-possible';
      throw error;
    }
  }

  async ensureReleased(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#find(id, call);
    if (dom === null) return;
    const xml = await this.#ownDefinition(dom, call);
    if (!isGuarded(xml)) return;
    await this.#connection.call('domainDefineXmlFlags', { xml: withoutGuard(xml), flags: 0 }, call);
  }

  /** As this host itself has it, to be defined again. */
  async #ownDefinition(dom: DomainRef, call: Call): Promise<string> {
    const flags = DomainXmlFlag.secure | DomainXmlFlag.inactive;
    return (await this.#connection.call('domainGetXmlDesc', { dom, flags }, call)).xml;
  }

  async ensureStarted(id: string, call: Call = {}, { paused } = { paused: false }): Promise<void> {
    const dom = await this.#need(id, call);
    const isStarted = async (): Promise<boolean> => {
      const { power } = await this.#state(dom, call);
      return power === 'running' || (paused && power === 'paused');
    };
    if (await isStarted()) return;
    const flags = paused ? CreateFlag.paused : 0;
    await this.#connection
      .call('domainCreateWithFlags', { dom, flags }, call)
      .catch(async (error: unknown) => {
        // Somebody else may have started it at the same moment.
        if (!(await isStarted())) throw error;
      });
  }

  async ensureShutOff(
    id: string,
    graceMs: number,
    call: Call = {},
  ): Promise<'by-guest' | 'forced' | 'was-off'> {
    const dom = await this.#need(id, call);
    const powerNow = async (): Promise<PowerState | 'gone'> =>
      (await ifThere(this.#state(dom, call)))?.power ?? 'gone';
    const isOff = async (): Promise<boolean> => ['shutoff', 'gone'].includes(await powerNow());
    if (await isOff()) return 'was-off';
    // One that has crashed and is kept hears nobody.
    if (graceMs > 0 && (await powerNow()) !== 'crashed') {
      const requests = new ShutdownRequests(this.#connection, dom, call);
      const ended = await askUntilDone({
        ask: () => requests.ask(),
        isDone: isOff,
        withinMs: graceMs,
        askAgainMs: askAgainAfterMs.powerOff,
        pollMs: shutOffPollMs,
        signal: call.signal,
      })
        .catch(async (error: unknown) => {
          // The guest may have ended by itself before it was asked.
          if (await isOff()) return true;
          throw error;
        })
        .finally(() => requests.end());
      if (ended) return 'by-guest';
    }
    await this.#connection
      .call('domainDestroyFlags', { dom, flags: 0 }, call)
      .catch(async (error: unknown) => {
        // The guest may have ended by itself at the last moment.
        if (!(await isOff())) throw error;
      });
    return 'forced';
  }

  async ensureResumed(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#need(id, call);
    const state = await this.#state(dom, call);
    if (state.power === 'running') return;
    if (state.power !== 'paused') throw this.#wrongState(id, state, 'resumed');
    await this.#connection.call('domainResume', { dom }, call).catch(async (error: unknown) => {
      // Somebody else, a controller's other round for one, may have let it run at the same moment.
      if ((await this.#state(dom, call)).power !== 'running') throw error;
    });
  }

  async ensurePaused(id: string, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: id }, call);
    if ((await this.#state(dom, call, 'urgent')).power !== 'running') return;
    await this.#connection.urgent('domainSuspend', { dom }, call).catch(async (error: unknown) => {
      // It may have ended by itself at the last moment.
      if ((await this.#state(dom, call, 'urgent')).power === 'running') throw error;
    });
  }

  async ensureRemainsGone(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#find(id, call);
    if (dom === null) return;
    const state = await this.#state(dom, call);
    if (state.power === 'running') throw this.#wrongState(id, state, 'cleaned up');
    if (state.power === 'paused' || state.power === 'crashed')
      await ifThere(this.#connection.call('domainDestroyFlags', { dom, flags: 0 }, call));
    const rest = await this.#find(id, call);
    if (rest === null) return;
    await ifThere(this.#connection.call('domainUndefineFlags', { dom: rest, flags: undefineAll }, call));
  }

  async ensureLostEnded(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#find(id, call);
    if (dom === null) return;
    const state = await this.#state(dom, call);
    if (state.power === 'shutoff' || state.power === 'crashed') return;
    if (state.reason !== 'post-copy failed') throw this.#wrongState(id, state, 'ended as lost');
    await ifThere(this.#connection.call('domainDestroyFlags', { dom, flags: 0 }, call));
  }

  async setAutostart(id: string, on: boolean, call: Call = {}): Promise<void> {
    const dom = await this.#need(id, call);
    await this.#connection.call('domainSetAutostart', { dom, autostart: on }, call);
  }

  async announce(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#need(id, call);
    // QEMU's own figures of the announcement after a migration (QMP `announce-self`), milliseconds.
    const command = { execute: 'announce-self', arguments: { initial: 50, max: 550, rounds: 5, step: 100 } };
    await this.#connection.call(
      'qemuDomainMonitorCommand',
      { dom, cmd: JSON.stringify(command), flags: 0 },
      call,
    );
  }

  async vcpuTimeNs(id: string, call: Call = {}): Promise<bigint> {
    const dom = await this.#need(id, call);
    const { nrVirtCpu } = await this.#connection.call('domainGetInfo', { dom }, call);
    const { info } = await this.#connection.call(
      'domainGetVcpus',
      { dom, maxinfo: nrVirtCpu, maplen: 0 },
      call,
    );
    return info.reduce((sum, vcpu) => sum + vcpu.cpuTime, 0n);
  }

  async emulatorProblem(
    { emulator, arch, domainType }: Pick<DomainFacts, 'emulator' | 'arch' | 'domainType'>,
    call: Call = {},
  ): Promise<string | null> {
    if (emulator === '') return null;
    try {
      const args = { emulatorbin: emulator, arch, machine: null, virttype: domainType, flags: 0 };
      await this.#connection.call('connectGetDomainCapabilities', args, call);
      return null;
    } catch (error) {
      // libvirt says so of a program that is not there, or that is none.
      if (error instanceof HypervisorError && !ofHost.has(error.code)) return error.message;
      throw error;
    }
  }

  async compareCpu(
    domain: Pick<DomainFacts, 'cpuXml' | 'emulator' | 'arch' | 'machineType' | 'domainType'>,
    call: Call = {},
  ): Promise<'identical' | 'superset' | 'incompatible'> {
    if (domain.cpuXml === null) return 'identical';
    const { result } = await this.#connection.call(
      'connectCompareHypervisorCpu',
      {
        emulator: domain.emulator === '' ? null : domain.emulator,
        arch: domain.arch,
        machine: null,
        virttype: domain.domainType,
        xmlCpu: domain.cpuXml,
        flags: 0,
      },
      call,
    );
    if (result === CpuComparison.identical) return 'identical';
    return result === CpuComparison.superset ? 'superset' : 'incompatible';
  }

  async *events(id: string, signal: AbortSignal): AsyncGenerator<DomainEvent> {
    const connection = await this.#connection.open({ signal });
    try {
      for await (const event of await followEvents(
        connection,
        ['lifecycle', 'job-completed', 'migration-iteration'],
        signal,
      )) {
        if ('dom' in event && event.dom.uuid !== id) continue;
        if (event.kind === 'migration-iteration')
          yield { kind: 'iteration', domainId: id, iteration: event.iteration };
        else if (event.kind === 'job-completed') yield { kind: 'job-ended', domainId: id };
        // What could not be read or was lost may have been a change: the listener looks for itself.
        else yield { kind: 'state-changed', domainId: id };
      }
    } catch (error) {
      throw this.#connection.errorOf(error);
    } finally {
      connection.destroy();
    }
  }

  async #facts(dom: DomainRef, call: Call): Promise<DomainFacts> {
    const [{ xml }, state, { persistent }, { autostart }, { result: managedSave }] = await Promise.all([
      this.#connection.call('domainGetXmlDesc', { dom, flags: DomainXmlFlag.secure }, call),
      this.#state(dom, call),
      this.#connection.call('domainIsPersistent', { dom }, call),
      // A transient domain has no autostart to ask for.
      this.#connection.call('domainGetAutostart', { dom }, call).catch(refusedAs({ autostart: false })),
      this.#connection
        .call('domainHasManagedSaveImage', { dom, flags: 0 }, call)
        .catch(refusedAs({ result: false })),
    ]);
    const description = parse(this.#connection, () => readDomainXml(xml));
    const disks = await this.#places.withPools(
      dom,
      description.disks,
      persistent && state.power !== 'shutoff',
      call,
    );
    return {
      ...description,
      disks,
      ...state,
      persistent,
      autostart,
      managedSave,
      activeJob: await this.#activeJob(dom, state, call),
    };
  }

  async #activeJob(dom: DomainRef, state: DomainPower, call: Call): Promise<string | null> {
    if (state.power === 'shutoff' || state.power === 'crashed') return null;
    const { type, params } = await this.#connection.urgent('domainGetJobStats', { dom, flags: 0 }, call);
    if (type === JobType.none) return null;
    return jobOperations[numberOf(params, 'operation') ?? 0] ?? 'unknown';
  }

  async #withRecords(
    dom: DomainRef,
    extras: DomainExtras,
    disks: readonly DiskFacts[],
    call: Call,
  ): Promise<DomainExtras> {
    const records = await this.#records.all(dom, call);
    const { snapshots, checkpoints } = this.#records.describe(records);
    const carried = new Set(disks.flatMap(({ path, backing }) => [path, ...backing.map((one) => one.path)]));
    const named = [...snapshots, ...checkpoints].flatMap(({ files }) => files);
    const files = await Promise.all((extras.files ?? []).map((file) => this.#ifMade(file, call)));
    return {
      ...extras,
      nvram: extras.nvram === null ? null : await this.#ifMade(extras.nvram, call),
      snapshots: names(snapshots),
      snapshotsWithMemoryFile: names(snapshots.filter(({ memoryFile }) => memoryFile)),
      checkpoints: names(checkpoints),
      files: files.filter((file) => file !== null),
      recordFiles: [...new Set(named)].filter((path) => !carried.has(path)),
    };
  }

  /** Such a file is made at the first start: before, there is none to be carried. */
  async #ifMade(file: DiskFacts, call: Call): Promise<DiskFacts | null> {
    if (file.kind !== 'file') return this.#places.withImages(file, call);
    if (file.path === null || (await this.#storage.image(file.path, call)) === null) return null;
    return this.#places.withImages(file, call);
  }

  async #find(id: string, call: Call, lane: 'call' | 'urgent' = 'call'): Promise<DomainRef | null> {
    return (await ifThere(this.#connection[lane]('domainLookupByUuid', { uuid: id }, call)))?.dom ?? null;
  }

  async #need(id: string, call: Call): Promise<DomainRef> {
    return (await this.#connection.call('domainLookupByUuid', { uuid: id }, call)).dom;
  }

  async #state(dom: DomainRef, call: Call, lane: 'call' | 'urgent' = 'call'): Promise<DomainPower> {
    const { state, reason } = await this.#connection[lane]('domainGetState', { dom, flags: 0 }, call);
    return domainPower(state, reason);
  }

  #wrongState(id: string, state: DomainPower, what: string): HypervisorError {
    const message = `${this.#connection.uri}: domain ${id} is ${state.power} (${state.reason}) and cannot be ${what}`;
    return new HypervisorError('wrong-state', this.#connection.uri, message);
  }
}

function names(list: readonly { readonly name: string }[]): string[] {
  return list.map(({ name }) => name);
}

/** A domain that is not there (any more) is null, not an error. */
async function ifThere<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof HypervisorError && error.code === 'no-domain') return null;
    throw error;
  }
}

/** The answer to take when libvirt says that the question does not apply. */
function refusedAs<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof HypervisorError && (error.code === 'wrong-state' || error.code === 'refused'))
      return answer;
    throw error;
  };
}
