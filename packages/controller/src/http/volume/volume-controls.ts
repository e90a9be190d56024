import type { NewVolumeBody, NewVolumeTypeBody, SetVolumeBody, VolumeBody, VolumeTypeBody } from '@ferry/api';
import type { Caller, VolumeType } from '@ferry/model';
import type { AskedVolume } from '../../operations/volumes/submit-create-volume.ts';
import type { VolumeUsage } from '../../store/storage/volume-work-store.ts';
import type { OwnedChange } from '../../operations/volumes/change-own-volume.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';

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
  /** It is made in the background. */
  createOfCaller(caller: Caller, asked: AskedVolume): Promise<VolumeRecord>;
  changeOfCaller(caller: Caller, id: string, change: OwnedChange): Promise<VolumeRecord>;
  /** It grows in the background. */
  extendOfCaller(caller: Caller, id: string, sizeGib: number): Promise<void>;
  /** It goes in the background. */
  removeOfCaller(caller: Caller, id: string): Promise<void>;
  /** Takes one that came to an error for what it was. */
  resetState(id: string, state: 'available' | 'error'): Promise<void>;
  /** By name; the default among them. */
  types(): Promise<VolumeType[]>;
  ownTypes(): Promise<VolumeTypeBody[]>;
  addType(body: NewVolumeTypeBody): Promise<VolumeTypeBody>;
  removeType(nameOrId: string): Promise<VolumeTypeBody>;
  usageOf(projectId: string): Promise<VolumeUsage>;
  /** Availability zones of hosts by their ids, and all that there are. */
  zones(): Promise<{ of(hostId: string): string; readonly all: readonly string[] }>;
  /** Name of an instance's host; null where there is no such instance any more. */
  hostOfInstance(instanceId: string): Promise<string | null>;
}
