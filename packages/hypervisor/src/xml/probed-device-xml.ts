import type { DomainElement } from '@ferry/model';
import { writeElement } from './domain-elements-xml.ts';

/** Devices that are one end of a character stream: what it leads to is the same whatever the guest sees. */
const characterDevices: ReadonlySet<string> = new Set([
  'serial',
  'parallel',
  'console',
  'channel',
  'redirdev',
  'smartcard',
]);
/** What is of the guest's own machine, or of its life. */
const ofTheGuest: ReadonlySet<string> = new Set(['alias', 'address', 'acpi', 'boot', 'mac', 'target', 'log']);

/**
 * A device of a guest as a probe guest has it, to see whether a host can give it: with all that leads to the host, and without
 * what makes it the guest's.
 */
export function probedDeviceXml(device: DomainElement): string {
  if (device.name === 'rng') return writeElement(randomSource(device));
  return writeElement(
    characterDevices.has(device.name) ? asSerial(device) : { ...device, children: outside(device) },
  );
}

function outside({ children }: DomainElement): DomainElement[] {
  return children.filter(({ name }) => !ofTheGuest.has(name));
}

function asSerial(device: DomainElement): DomainElement {
  const attributes = device.attributes.filter(([name]) => name === 'type');
  return { ...device, name: 'serial', attributes, children: outside(device) };
}

/** One that is fed by a character stream is tried as a port. */
function randomSource(device: DomainElement): DomainElement {
  const backend = device.children.find(({ name }) => name === 'backend');
  const isFed = backend?.attributes.some(([name, value]) => name === 'model' && value === 'egd') === true;
  return backend !== undefined && isFed ? asSerial(backend) : { ...device, children: outside(device) };
}
