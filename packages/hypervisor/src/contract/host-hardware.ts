import type { DeviceAddress, HardwareFacts } from '@ferry/model';
import type { Call } from './call.ts';

/** What a host is made of. */
export interface HostHardware {
  facts(call?: Call): Promise<HardwareFacts>;
  /** What kind of device stands at an address, in words that are the same for the same kind: vendor and product. Null: none does. */
  device(address: DeviceAddress, call?: Call): Promise<string | null>;
  /** Whether libvirt can ask that program what guests it can run. */
  isEmulator(path: string, call?: Call): Promise<boolean>;
  /** The best processor that its hypervisor gives guests (`host-model`), as libvirt's XML. */
  processor(call?: Call): Promise<string>;
  /** The best one that is within all of these, each of them a host's `processor`. Any host can tell. */
  commonProcessor(processors: readonly string[], call?: Call): Promise<string>;
}
