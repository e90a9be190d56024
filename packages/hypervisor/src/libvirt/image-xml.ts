import { basename } from 'node:path';
import type { ImageSpec } from '../contract/host-storage.ts';
import { escapeXml } from '../xml/write-xml.ts';

/** The description of a volume to be made: sparse, because nothing is allocated beforehand. */
export function imageXml(spec: ImageSpec): string {
  const { owner, backing } = spec;
  const permissions =
    owner === null
      ? ''
      : `<permissions><mode>0600</mode><owner>${owner.uid}</owner><group>${owner.gid}</group></permissions>`;
  const below =
    backing === null
      ? ''
      : `<backingStore><path>${escapeXml(backing.path)}</path><format type='${escapeXml(backing.format)}'/></backingStore>`;
  return `<volume>
  <name>${escapeXml(basename(spec.path))}</name>
  <capacity unit='bytes'>${spec.capacityBytes}</capacity>
  <allocation unit='bytes'>0</allocation>
  <target><format type='${escapeXml(spec.format)}'/>${permissions}</target>
  ${below}
</volume>`;
}
