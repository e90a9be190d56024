import { type Static, Type } from 'typebox';
import { component } from './component.ts';
import { nullable } from './nullable.ts';

const bytes = (description: string) => nullable(Type.Number({ minimum: 0 }), { description });

/** Disks and network cards of an instance, as its host has them now. */
export const InstanceDevicesSchema = component(
  'InstanceDevices',
  Type.Object({
    machineType: Type.String(),
    domainType: Type.String({ description: '`kvm`, or `qemu` for software emulation' }),
    disks: Type.Array(
      Type.Object({
        target: Type.String({ description: "the guest's name of it" }),
        device: Type.String({ description: 'disk, cdrom, floppy or lun' }),
        source: nullable(Type.String(), { description: 'file, device or volume; null: an empty drive' }),
        format: Type.String(),
        readOnly: Type.Boolean(),
        capacityBytes: bytes('what the guest sees; null: its host did not tell'),
        allocationBytes: bytes('room that it takes on its host; null: its host did not tell'),
        backing: Type.Array(Type.String(), { description: 'what it stands on, nearest first' }),
      }),
    ),
    interfaces: Type.Array(
      Type.Object({
        mac: Type.String(),
        kind: Type.String({ description: 'bridge, network, direct, user or other' }),
        source: nullable(Type.String({ description: 'bridge, network or device by its name' })),
        filter: nullable(Type.String({ description: 'the packet filter before it' })),
      }),
    ),
  }),
);
export type InstanceDevicesBody = Static<typeof InstanceDevicesSchema>;
