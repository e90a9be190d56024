import type { NewDisk } from '@ferry/hypervisor';

/** What the attaching of a volume works from. It stands in the log, so it is plain data. */
export interface AttachInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  readonly volumeId: string;
  readonly volumeName: string;
  readonly disk: NewDisk;
}
