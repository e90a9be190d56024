import type { DomainElement } from './domain-element.ts';
import type { ElementAnswer } from './element-questions.ts';

/** Where a device of a host is: `0000:03:00.1` on its PCI bus, or a mediated one by its uuid. */
export interface DeviceAddress {
  readonly bus: 'pci' | 'mdev';
  readonly address: string;
}

/** What is said of a device that has no address which is the same on two hosts (USB, SCSI). */
export const incomparableDevice: ElementAnswer = {
  result: 'unknown',
  what: 'and nothing compares devices of that kind',
  compared: {},
};

/** `<address domain='0' bus='0x03' slot='0' function='1'/>` is `0000:03:00.1`; null where nothing compares such a device. */
export function deviceAddress(device: DomainElement): DeviceAddress | null {
  const address = device.children
    .find(({ name }) => name === 'source')
    ?.children.find(({ name }) => name === 'address');
  const read = (name: string): string | undefined => address?.attributes.find(([key]) => key === name)?.[1];
  const uuid = read('uuid');
  if (uuid !== undefined) return { bus: 'mdev', address: uuid };
  const parts = ['domain', 'bus', 'slot', 'function'].map((name) => Number(read(name) ?? Number.NaN));
  const [domain, bus, slot, part] = parts.map((number) => number.toString(16));
  if (parts.some((number) => Number.isNaN(number))) return null;
  return {
    bus: 'pci',
    address: `${domain?.padStart(4, '0')}:${bus?.padStart(2, '0')}:${slot?.padStart(2, '0')}.${part}`,
  };
}
