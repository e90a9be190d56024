import type { MeantDisk } from '@ferry/hypervisor';

/** What the detaching of a volume works from. It stands in the log, so it is plain data. */
export interface DetachInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  readonly volumeId: string;
  readonly volumeName: string;
  readonly disk: MeantDisk;
  /** How long a guest that runs may take to let go of it, milliseconds. */
  readonly waitMs: number;
}
