import { ownValue } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { adaptDisks, type DescriptionUse } from './adapt-disks.ts';
import { resizeDomain } from './resize-domain.ts';
import { at, attribute, children, rootOf, XmlError, writeDomain } from './parse-xml.ts';
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
    // It is of the life that moves: the next one has another, as at the source.
    if (use === 'transfer') keepPort(one, adaptation.ports);
    if (adaptation.filter !== null) setFilter(one, adaptation.filter);
  }
  if (adaptation.screens != null && devices !== null) moveScreens(devices, adaptation.screens);
  if (adaptation.storage !== null) adaptDisks(domain, adaptation.storage, use);
  if (adaptation.size !== undefined) resizeDomain(domain, adaptation.size);
  return writeDomain(domain, xml);
}

function moveScreens(devices: Element, { from, to }: NonNullable<DomainAdaptation['screens']>): void {
  for (const screen of children(devices, 'graphics')) {
    if (attribute(screen, 'listen') === from) screen.setAttribute('listen', to);
    for (const listen of children(screen, 'listen'))
      if (attribute(listen, 'address') === from) listen.setAttribute('address', to);
  }
}

function renameSource(one: Element, names: Readonly<Record<string, string>>): void {
  const source = at(one, 'source');
  const inNetwork = attribute(source, 'network') !== null;
  for (const key of inNetwork ? ['network'] : ['bridge', 'dev']) {
    const renamed = ownValue(names, attribute(source, key) ?? '');
    if (renamed !== undefined) source?.setAttribute(key, renamed);
  }
  if (!inNetwork) return;
  // One that runs is told with its port and its bridge, which are the source's own: the target finds its own.
  one.setAttribute('type', 'network');
  for (const key of ['portid', 'bridge', 'dev', 'mode']) source?.removeAttribute(key);
}

/** Gives an interface the id of its port, unless its description names one. */
function keepPort(one: Element, ports: DomainAdaptation['ports']): void {
  const id = ownValue(ports, attribute(at(one, 'mac'), 'address') ?? '');
  if (id === undefined) return;
  const port = ensureChild(one, 'virtualport');
  const parameters = ensureChild(port, 'parameters');
  if (parameters.hasAttribute('interfaceid')) return;
  port.setAttribute('type', 'openvswitch');
  parameters.setAttribute('interfaceid', id);
}

function ensureChild(parent: Element, name: string): Element {
  const there = at(parent, name);
  if (there !== null) return there;
  const document = parent.ownerDocument;
  if (document === null) throw new XmlError(`<${parent.localName}> is of no document`);
  const made = document.createElement(name);
  parent.appendChild(made);
  return made;
}
