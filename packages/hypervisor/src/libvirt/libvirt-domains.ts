import {
  CpuComparison,
  CreateFlag,
  type DomainRef,
  DomainStatsGroup,
  DomainXmlFlag,
  followEvents,
  JobType,
  numberOf,
  UndefineFlag,
} from '@ferry/libvirt';
import type { DomainDescriptions, DomainFacts, PowerState, PresentSighting, Sighting } from '@ferry/model';
import { askAgainAfterMs, askUntilDone } from '../contract/ask-until-done.ts';
import type { Call } from '../contract/call.ts';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { HypervisorError } from '../contract/errors.ts';
import type {
  DomainEvent,
  DomainPower,
  DomainRecords,
  HostDomains,
  UnreadDomain,
} from '../contract/host-domains.ts';
import { adaptDomainXml } from '../xml/adapt-domain-xml.ts';
import { isGuarded, withGuard, withoutGuard } from '../xml/start-guard.ts';
import { domainStateOf, endDomain, findDomain, ifThere, refusedAs } from './domain-lookup.ts';
import { domainPower, powerChange, sightedState } from './domain-power.ts';
import { DomainReader } from './domain-reader.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { LibvirtRecords } from './libvirt-records.ts';
import type { LibvirtStorage } from './libvirt-storage.ts';
import { ShutdownRequests } from './shutdown-requests.ts';

const shutOffPollMs = 100;
const ofHost: ReadonlySet<string> = new Set(['unreachable', 'deadline', 'aborted']);
/** The file of firmware variables is left: it is a file like the disks. */
const undefineAll =
  UndefineFlag.managedSave |
  UndefineFlag.keepNvram |
  UndefineFlag.snapshotsMetadata |
  UndefineFlag.checkpointsMetadata;

/** Domains of a libvirt host. */
export class LibvirtDomains implements HostDomains {
  readonly #connection: HostConnection;
  readonly #records: LibvirtRecords;
  readonly #reader: DomainReader;

  constructor(connection: HostConnection, storage: LibvirtStorage) {
    this.#connection = connection;
    this.#records = new LibvirtRecords(connection);
    this.#reader = new DomainReader(connection, storage, this.#records);
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

  list(call: Call = {}): Promise<readonly DomainFacts[]> {
    return this.#reader.list(call);
  }

  unread(call: Call = {}): Promise<readonly UnreadDomain[]> {
    return this.#reader.unread(call);
  }

  domain(id: string, call: Call = {}): Promise<DomainFacts | null> {
    return this.#reader.domain(id, call);
  }

  descriptions(id: string, call: Call = {}): Promise<DomainDescriptions | null> {
    return this.#reader.descriptions(id, call);
  }

  async idOf(name: string, call: Call = {}): Promise<string | null> {
    const found = await ifThere(this.#connection.call('domainLookupByName', { name }, call));
    return found?.dom.uuid ?? null;
  }

  async observe(id: string, call: Call = {}): Promise<Sighting> {
    try {
      const dom = await findDomain(this.#connection, id, call, 'urgent');
      if (dom === null) return { kind: 'absent' };
      const [state, persistent] = await Promise.all([
        domainStateOf(this.#connection, dom, call, 'urgent'),
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
    const dom = await findDomain(this.#connection, id, call);
    if (dom === null) return;
    const state = await domainStateOf(this.#connection, dom, call);
    // A crashed one that libvirt keeps has its QEMU, and with that its disks.
    if (state.power !== 'shutoff') throw this.#wrongState(id, state, 'undefined');
    await ifThere(this.#connection.call('domainUndefineFlags', { dom, flags: undefineAll }, call));
  }

  async ensureStartPrevented(
    id: string,
    why: string,
    call: Call = {},
  ): Promise<'prevented' | 'not-possible'> {
    const dom = await this.#need(id, call);
    const xml = await this.#ownDefinition(dom, call);
    const guarded = withGuard(xml, why);
    if (guarded === null) return 'not-possible';
    if (guarded === xml) return 'prevented';
    try {
      await this.#connection.call('domainDefineXmlFlags', { xml: guarded, flags: 0 }, call);
      return 'prevented';
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return 'not-possible';
      throw error;
    }
  }

  async ensureStartAllowed(id: string, call: Call = {}): Promise<void> {
    const dom = await findDomain(this.#connection, id, call);
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
      const { power } = await domainStateOf(this.#connection, dom, call);
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
      (await ifThere(domainStateOf(this.#connection, dom, call)))?.power ?? 'gone';
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
    await endDomain(this.#connection, dom, call);
    return 'forced';
  }

  async ensureResumed(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#need(id, call);
    const state = await domainStateOf(this.#connection, dom, call);
    if (state.power === 'running') return;
    if (state.power !== 'paused') throw this.#wrongState(id, state, 'resumed');
    await this.#connection.call('domainResume', { dom }, call).catch(async (error: unknown) => {
      // Somebody else, a controller's other round for one, may have let it run at the same moment.
      if ((await domainStateOf(this.#connection, dom, call)).power !== 'running') throw error;
    });
  }

  async ensurePaused(id: string, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: id }, call);
    if ((await domainStateOf(this.#connection, dom, call, 'urgent')).power !== 'running') return;
    await this.#connection.urgent('domainSuspend', { dom }, call).catch(async (error: unknown) => {
      // It may have ended by itself at the last moment.
      if ((await domainStateOf(this.#connection, dom, call, 'urgent')).power === 'running') throw error;
    });
  }

  async ensureStaleCopyRemoved(id: string, call: Call = {}): Promise<void> {
    const dom = await findDomain(this.#connection, id, call);
    if (dom === null) return;
    const state = await domainStateOf(this.#connection, dom, call);
    if (state.power === 'running') throw this.#wrongState(id, state, 'cleaned up');
    if (state.power === 'paused' || state.power === 'crashed') await endDomain(this.#connection, dom, call);
    const rest = await findDomain(this.#connection, id, call);
    if (rest === null) return;
    await ifThere(this.#connection.call('domainUndefineFlags', { dom: rest, flags: undefineAll }, call));
  }

  async ensureLostEnded(id: string, call: Call = {}): Promise<void> {
    const dom = await findDomain(this.#connection, id, call);
    if (dom === null) return;
    const state = await domainStateOf(this.#connection, dom, call);
    if (state.power === 'shutoff' || state.power === 'crashed') return;
    if (state.reason !== 'post-copy failed') throw this.#wrongState(id, state, 'ended as lost');
    await endDomain(this.#connection, dom, call);
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
        else
          yield {
            kind: 'state-changed',
            domainId: id,
            ...(event.kind === 'lifecycle' && powerChange(event)),
          };
      }
    } catch (error) {
      throw this.#connection.errorOf(error);
    } finally {
      connection.destroy();
    }
  }

  async #need(id: string, call: Call): Promise<DomainRef> {
    return (await this.#connection.call('domainLookupByUuid', { uuid: id }, call)).dom;
  }

  #wrongState(id: string, state: DomainPower, what: string): HypervisorError {
    const message = `${this.#connection.uri}: domain ${id} is ${state.power} (${state.reason}) and cannot be ${what}`;
    return new HypervisorError('wrong-state', this.#connection.uri, message);
  }
}
