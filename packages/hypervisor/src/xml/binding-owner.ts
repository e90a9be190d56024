import { requiredText, rootOf } from './parse-xml.ts';

/** The id of the domain before whose interface a binding puts a packet filter (libvirt's schema nwfilterbinding.rng). */
export function readBindingOwner(xml: string): string {
  return requiredText(rootOf(xml, 'filterbinding'), 'owner', 'uuid').toLowerCase();
}
