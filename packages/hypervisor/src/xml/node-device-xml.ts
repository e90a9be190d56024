import { at, attribute, children, rootOf, textOf } from './parse-xml.ts';

/** Vendor and product of a device of a host, or the type of a mediated one (https://libvirt.org/formatnode.html). */
export function readNodeDevice(xml: string): string {
  const [capability] = children(rootOf(xml, 'device'), 'capability');
  if (capability === undefined) return '';
  const ids = ['vendor', 'product'].map((name) => attribute(at(capability, name), 'id'));
  const words = [...ids, attribute(at(capability, 'type'), 'id')].filter((word) => word !== null);
  return words.length > 0 ? words.join(' ') : (textOf(at(capability, 'product')) ?? '');
}
