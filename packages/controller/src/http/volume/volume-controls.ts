import type { NewVolumeBody, SetVolumeBody, VolumeBody } from '@ferry/api';
import type { Caller } from '@ferry/model';
import type { VolumeRecord } from '../../store/catalogue-store.ts';

/** What the pages of volumes can ask for: Ferry's own, for operators, and those that clients of OpenStack ask for. */
export interface VolumeControls {
  list(): Promise<VolumeBody[]>;
  show(nameOrId: string): Promise<VolumeBody>;
  create(body: NewVolumeBody): Promise<VolumeBody>;
  set(nameOrId: string, body: SetVolumeBody): Promise<VolumeBody>;
  /** `content`: what is in a pool goes also where Ferry did not make it. */
  remove(nameOrId: string, content: boolean): Promise<VolumeBody>;
  /** Those that a caller sees: its project's, or all for an administrator that asks for them. */
  ofCaller(caller: Caller, all: boolean): Promise<VolumeRecord[]>;
  oneOfCaller(caller: Caller, id: string): Promise<VolumeRecord>;
  removeOfCaller(caller: Caller, id: string): Promise<void>;
  /** Name of an instance's host; null where there is no such instance any more. */
  hostOfInstance(instanceId: string): Promise<string | null>;
}
