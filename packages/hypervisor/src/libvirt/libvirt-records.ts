import {
  CheckpointCreateFlag,
  CheckpointListFlag,
  CheckpointXmlFlag,
  type DomainRef,
  SnapshotCreateFlag,
  SnapshotListFlag,
  SnapshotXmlFlag,
} from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { DomainRecord, DomainRecords } from '../contract/host-domains.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { readNamedDisks } from '../xml/named-disks-xml.ts';
import { at, attribute, requiredText, rootOf, textOf } from '../xml/parse-xml.ts';

/** Snapshots and checkpoints of domains. */
export class LibvirtRecords {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  async all(dom: DomainRef, call: Call): Promise<DomainRecords> {
    return { snapshots: await this.#snapshots(dom, call), checkpoints: await this.#checkpoints(dom, call) };
  }

  /** What the records say of themselves. */
  describe({ snapshots, checkpoints }: DomainRecords): {
    snapshots: RecordDescription[];
    checkpoints: RecordDescription[];
  } {
    return parse(this.#connection, () => ({
      snapshots: snapshots.map(({ xml }) => readRecordXml(xml, 'domainsnapshot')),
      checkpoints: checkpoints.map(({ xml }) => readRecordXml(xml, 'domaincheckpoint')),
    }));
  }

  async ensure(dom: DomainRef, { snapshots, checkpoints }: DomainRecords, call: Call): Promise<void> {
    const there = await this.all(dom, call);
    const known = new Set(there.snapshots.map(({ name }) => name));
    for (const { name, xml, current } of snapshots) {
      if (known.has(name)) continue;
      const flags = SnapshotCreateFlag.redefine | (current ? SnapshotCreateFlag.current : 0);
      await this.#connection.call('domainSnapshotCreateXml', { dom, xmlDesc: xml, flags }, call);
    }
    const knownCheckpoints = new Set(there.checkpoints.map(({ name }) => name));
    for (const { name, xml } of checkpoints) {
      if (knownCheckpoints.has(name)) continue;
      await this.#connection.call(
        'domainCheckpointCreateXml',
        { dom, xmlDesc: xml, flags: CheckpointCreateFlag.redefine },
        call,
      );
    }
  }

  async #snapshots(dom: DomainRef, call: Call): Promise<DomainRecord[]> {
    const { snapshots } = await this.#connection.call(
      'domainListAllSnapshots',
      { dom, needResults: 1, flags: SnapshotListFlag.topological },
      call,
    );
    const records: DomainRecord[] = [];
    for (const snap of snapshots) {
      const { xml } = await this.#connection.call(
        'domainSnapshotGetXmlDesc',
        { snap, flags: SnapshotXmlFlag.secure },
        call,
      );
      const { current } = await this.#connection.call('domainSnapshotIsCurrent', { snap, flags: 0 }, call);
      records.push({ name: snap.name, xml, current });
    }
    return records;
  }

  async #checkpoints(dom: DomainRef, call: Call): Promise<DomainRecord[]> {
    const { checkpoints } = await this.#connection.call(
      'domainListAllCheckpoints',
      { dom, needResults: 1, flags: CheckpointListFlag.topological },
      call,
    );
    const records: DomainRecord[] = [];
    for (const checkpoint of checkpoints) {
      const { xml } = await this.#connection.call(
        'domainCheckpointGetXmlDesc',
        { checkpoint, flags: CheckpointXmlFlag.secure },
        call,
      );
      records.push({ name: checkpoint.name, xml, current: false });
    }
    return records;
  }
}

/** A snapshot or a checkpoint as libvirt describes it. */
interface RecordDescription {
  readonly name: string;
  /** The one that it was made on; null for a first one. */
  readonly parent: string | null;
  /** Whether the memory of a snapshot is a file of its own. */
  readonly memoryFile: boolean;
  /** Files of disks that it names. */
  readonly files: readonly string[];
}

/** Reads <domainsnapshot> or <domaincheckpoint> (https://libvirt.org/formatsnapshot.html, formatcheckpoint.html). */
function readRecordXml(xml: string, kind: 'domainsnapshot' | 'domaincheckpoint'): RecordDescription {
  const record = rootOf(xml, kind);
  return {
    name: requiredText(record, 'name'),
    parent: textOf(at(record, 'parent', 'name')),
    memoryFile: attribute(at(record, 'memory'), 'snapshot') === 'external',
    files: readNamedDisks(xml, kind).flatMap(({ paths }) => paths),
  };
}
