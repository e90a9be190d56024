import type { Element } from '@xmldom/xmldom';
import { at, attribute, children, rootOf, writeDomain, writeXml } from './parse-xml.ts';

/** The name of the filter before an interface; null when there is none. */
export function filterOf(one: Element): string | null {
  return attribute(at(one, 'filterref'), 'filter');
}

/** Puts a filter before an interface in place of the one that is there; null takes it away. */
export function setFilter(one: Element, filter: string | null): void {
  for (const old of children(one, 'filterref')) one.removeChild(old);
  if (filter === null || one.ownerDocument === null) return;
  const made = one.ownerDocument.createElement('filterref');
  made.setAttribute('filter', filter);
  one.appendChild(made);
}

/** A domain's description with a filter before all its interfaces, or with none. */
export function withFilter(xml: string, filter: string | null): string {
  const domain = rootOf(xml, 'domain');
  const devices = at(domain, 'devices');
  for (const one of devices === null ? [] : children(devices, 'interface')) setFilter(one, filter);
  return writeDomain(domain, xml);
}

/** An interface of a domain: its filter now, and its description with another. */
export interface FilteredInterface {
  readonly mac: string;
  readonly filter: string | null;
  with(filter: string | null): string;
}

/** The interfaces that a domain's description has. */
export function readInterfaceFilters(xml: string): FilteredInterface[] {
  const devices = at(rootOf(xml, 'domain'), 'devices');
  return (devices === null ? [] : children(devices, 'interface')).map((one) => ({
    mac: attribute(at(one, 'mac'), 'address') ?? '',
    filter: filterOf(one),
    with: (filter) => {
      setFilter(one, filter);
      return writeXml(one);
    },
  }));
}
