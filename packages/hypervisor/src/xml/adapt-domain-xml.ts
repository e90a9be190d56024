import { type Element, XMLSerializer } from '@xmldom/xmldom';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { adaptDisks, type DescriptionUse } from './adapt-disks.ts';
import { at, attribute, children, rootOf } from './parse-xml.ts';
import { setFilter } from './interface-filter.ts';

/** The description of a domain as the target is to have it: as it is sent there, or to define it. */
export function adaptDomainXml(
  xml: string,
  adaptation: DomainAdaptation,
  use: DescriptionUse = 'definition',
): string {
  const domain = rootOf(xml, 'domain');
  const devices = at(domain, 'devices');
  for (const one of devices === null ? [] : children(devices, 'interface')) {
    renameSource(one, adaptation.networks);
    if (adaptation.filter !== null) setFilter(one, adaptation.filter);
  }
  if (adaptation.storage !== null) adaptDisks(domain, adaptation.storage, use);
  return new XMLSerializer().serializeToString(domain);
}

function renameSource(one: Element, names: Readonly<Record<string, string>>): void {
  const source = at(one, 'source');
  const inNetwork = attribute(source, 'network') !== null;
  for (const key of inNetwork ? ['network'] : ['bridge', 'dev']) {
    const renamed = names[attribute(source, key) ?? ''];
    if (renamed !== undefined) source?.setAttribute(key, renamed);
  }
  if (!inNetwork) return;
  // One that runs is told with its port and its bridge, which are the source's own: the target finds its own.
  one.setAttribute('type', 'network');
  for (const key of ['portid', 'bridge']) source?.removeAttribute(key);
}
