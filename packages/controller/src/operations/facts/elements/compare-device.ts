import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  deviceAddress,
  type DomainElement,
  type ElementAnswer,
  type ElementQuestion,
  incomparableDevice,
} from '@ferry/model';

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
  const address = deviceAddress(subject);
  if (address === null) return incomparableDevice;
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
