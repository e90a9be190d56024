import { type Static, Type } from 'typebox';
import { DomainSummarySchema } from './instance.ts';
import { nullable } from './nullable.ts';

/** What a host says about itself, on the wire. Versions are major * 1,000,000 + minor * 1,000 + release. */
const HostFactsSchema = Type.Object({
  hostUuid: Type.String(),
  hostname: Type.String(),
  hypervisorType: Type.String(),
  hypervisorVersion: Type.Integer(),
  libvirtVersion: Type.Integer(),
  arch: Type.String(),
  cpuModel: Type.String(),
  cpus: Type.Integer(),
  memoryBytes: Type.Number(),
  memoryAvailableBytes: Type.Number(),
  domainTypes: Type.Array(Type.String()),
  machineTypes: Type.Array(Type.String()),
  qemuOwner: nullable(Type.Object({ uid: Type.Integer(), gid: Type.Integer() })),
  networks: Type.Array(
    Type.Object({ name: Type.String(), active: Type.Boolean(), bridge: nullable(Type.String()) }),
  ),
});

export const HostSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  uri: Type.String(),
  peerUri: Type.String(),
  service: Type.Object({
    state: Type.Union([Type.Literal('up'), Type.Literal('down')]),
    reason: Type.String(),
    status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
    lastSeenAt: nullable(Type.String()),
  }),
  facts: nullable(HostFactsSchema),
});
export type HostBody = Static<typeof HostSchema>;

/** A host and what it runs now, adopted or not. */
export const HostDetailSchema = Type.Object({
  host: HostSchema,
  domains: Type.Array(DomainSummarySchema),
});
export type HostDetailBody = Static<typeof HostDetailSchema>;

export const AddHostSchema = Type.Object(
  {
    uri: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'libvirt URI as the controller reaches it',
    }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    peerUri: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2048, description: 'libvirt URI as the other hosts reach it' }),
    ),
  },
  { additionalProperties: false },
);
export type AddHostBody = Static<typeof AddHostSchema>;
