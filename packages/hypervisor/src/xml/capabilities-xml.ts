import type { Element } from '@xmldom/xmldom';
import type { HostFacts, Owner } from '@ferry/model';
import { at, attribute, children, requiredText, rootOf, textOf } from './parse-xml.ts';

/** What of a host's facts stands in its capabilities XML (https://libvirt.org/formatcaps.html). */
export type HostCapabilities = Pick<
  HostFacts,
  'hostUuid' | 'arch' | 'cpuModel' | 'domainTypes' | 'machineTypes' | 'qemuOwner'
>;

/** Reads the capabilities of a host; machine types and domain types are those of its own architecture. */
export function readCapabilitiesXml(xml: string): HostCapabilities {
  const root = rootOf(xml, 'capabilities');
  const arch = requiredText(root, 'host', 'cpu', 'arch');
  const host = at(root, 'host');
  const guests = children(root, 'guest').filter(
    (guest) => attribute(at(guest, 'arch'), 'name') === arch && textOf(at(guest, 'os_type')) === 'hvm',
  );
  const architectures = guests.map((guest) => at(guest, 'arch')).filter((one) => one !== null);
  const machines = architectures.flatMap((one) => [
    ...children(one, 'machine'),
    ...children(one, 'domain').flatMap((domain) => children(domain, 'machine')),
  ]);
  const names = machines.flatMap((machine) => [textOf(machine), attribute(machine, 'canonical')]);
  return {
    hostUuid: requiredText(root, 'host', 'uuid').toLowerCase(),
    arch,
    cpuModel: (host && textOf(at(host, 'cpu', 'model'))) ?? 'unknown',
    domainTypes: unique(
      architectures.flatMap((one) => children(one, 'domain').map((domain) => attribute(domain, 'type'))),
    ),
    machineTypes: unique(names),
    qemuOwner: host === null ? null : qemuOwner(host),
  };
}

const unique = (names: (string | null)[]): string[] => [
  ...new Set(names.filter((name): name is string => name !== null && name !== '')),
];

/** The DAC driver's base label is `+UID:+GID`: the ids that QEMU runs as. */
function qemuOwner(host: Element): Owner | null {
  for (const model of children(host, 'secmodel')) {
    if (textOf(at(model, 'model')) !== 'dac') continue;
    const label = children(model, 'baselabel')
      .map((one) => textOf(one))
      .find((text) => text !== null);
    const ids = /^\+(\d+):\+(\d+)$/.exec(label ?? '');
    if (ids !== null) return { uid: Number(ids[1]), gid: Number(ids[2]) };
  }
  return null;
}
