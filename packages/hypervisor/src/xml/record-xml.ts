import { readNamedDisks } from './named-disks-xml.ts';
import { at, attribute, requiredText, rootOf, textOf } from './parse-xml.ts';

/** A snapshot or a checkpoint as libvirt describes it. */
export interface RecordDescription {
  readonly name: string;
  /** The one that it was made on; null for a first one. */
  readonly parent: string | null;
  /** Whether the memory of a snapshot is a file of its own. */
  readonly memoryFile: boolean;
  /** Files of disks that it names. */
  readonly files: readonly string[];
}

/** Reads <domainsnapshot> or <domaincheckpoint> (https://libvirt.org/formatsnapshot.html, formatcheckpoint.html). */
export function readRecordXml(xml: string, kind: 'domainsnapshot' | 'domaincheckpoint'): RecordDescription {
  const record = rootOf(xml, kind);
  return {
    name: requiredText(record, 'name'),
    parent: textOf(at(record, 'parent', 'name')),
    memoryFile: attribute(at(record, 'memory'), 'snapshot') === 'external',
    files: readNamedDisks(xml, kind).flatMap(({ paths }) => paths),
  };
}
