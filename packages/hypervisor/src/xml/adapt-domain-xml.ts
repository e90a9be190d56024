import { type Element, XMLSerializer } from '@xmldom/xmldom';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { at, attribute, children, rootOf } from './parse-xml.ts';
import { setFilter } from './interface-filter.ts';

/** The description of a domain as the target is to have it. */
export function adaptDomainXml(xml: string, adaptation: DomainAdaptation): string {
  const domain = rootOf(xml, 'domain');
  const devices = at(domain, 'devices');
  for (const one of devices === null ? [] : children(devices, 'interface')) {
    renameSource(one, adaptation.networks);
    if (adaptation.filter !== null) setFilter(one, adaptation.filter);
  }
  return new XMLSerializer().serializeToString(domain);
}

function renameSource(one: Element, names: Readonly<Record<string, string>>): void {
  const kind = attribute(one, 'type');
  const source = at(one, 'source');
  // A running interface of a network names its bridge too, which is the source's own.
  const keys = kind === 'network' ? ['network'] : ['bridge', 'dev'];
  for (const key of keys) {
    const renamed = names[attribute(source, key) ?? ''];
    if (renamed !== undefined) source?.setAttribute(key, renamed);
  }
  if (kind === 'network') for (const key of ['portid', 'bridge']) source?.removeAttribute(key);
}
