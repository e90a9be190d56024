import type { Call, DeviceAddress, HypervisorHost } from '@ferry/hypervisor';
import type { DomainElement, ElementAnswer, ElementQuestion } from '@ferry/model';

/** Answers whether the target can give the guest a device that it names. */
export async function compareDevice(
  { comparer, value, subject }: ElementQuestion,
  source: HypervisorHost | null,
  target: HypervisorHost,
  call: Call,
): Promise<ElementAnswer> {
  if (comparer === 'emulator') {
    return (await target.hardware.isEmulator(value, call))
      ? { result: 'there', what: 'and the target has it', compared: {} }
      : { result: 'lacks', what: 'and libvirt on the target cannot use it', compared: {} };
  }
  if (comparer === 'node-device') return nodeDevice(subject, source, target, call);
  const refusal = await target.trials.refusalToHave(subject, call);
  return refusal === null
    ? { result: 'there', what: 'and a probe guest on the target has had it', compared: {} }
    : { result: 'lacks', what: 'and a probe guest on the target cannot have it', compared: { refusal } };
}

/** A device at the same address, of the same kind, is one that the guest can have; whether it is free shows when it starts. */
async function nodeDevice(
  subject: DomainElement,
  source: HypervisorHost | null,
  target: HypervisorHost,
  call: Call,
): Promise<ElementAnswer> {
  const address = addressOf(subject);
  if (address === null)
    return { result: 'unknown', what: 'and nothing compares devices of that kind', compared: {} };
  const [here, there] = await Promise.all([
    source?.hardware.device(address, call) ?? null,
    target.hardware.device(address, call),
  ]);
  const compared = { address: address.address, sourceDevice: here, targetDevice: there };
  if (there === null)
    return { result: 'lacks', what: `and the target has none at ${address.address}`, compared };
  if (source === null)
    return {
      result: 'unknown',
      what: `and the target has a device at ${address.address}, which nothing can be compared with`,
      compared,
    };
  return here === there
    ? { result: 'there', what: `and the target has such a device at ${address.address}`, compared }
    : { result: 'differs', what: `and the target has another at ${address.address}`, compared };
}

/** `<address domain='0' bus='0x03' slot='0' function='1'/>` is `0000:03:00.1`. */
function addressOf(device: DomainElement): DeviceAddress | null {
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
