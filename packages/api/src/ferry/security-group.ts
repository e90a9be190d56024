import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const Direction = Type.Union([Type.Literal('ingress'), Type.Literal('egress')]);
const Ethertype = Type.Union([Type.Literal('IPv4'), Type.Literal('IPv6')]);
const Protocol = Type.Union([
  Type.Literal('tcp'),
  Type.Literal('udp'),
  Type.Literal('icmp'),
  Type.Literal('any'),
]);
const port = (): ReturnType<typeof Type.Integer> => Type.Integer({ minimum: 1, maximum: 65_535 });

/** One kind of flow that is let through; answers follow by themselves. */
const SecurityGroupRuleSchema = component(
  'SecurityGroupRule',
  Type.Object({
    id: Type.String(),
    direction: Direction,
    ethertype: Ethertype,
    protocol: Protocol,
    portMin: nullable(Type.Integer()),
    portMax: nullable(Type.Integer()),
    remoteCidr: nullable(Type.String()),
  }),
);
export type SecurityGroupRuleBody = Static<typeof SecurityGroupRuleSchema>;

export const SecurityGroupSchema = component(
  'SecurityGroup',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    description: Type.String(),
    rules: Type.Array(SecurityGroupRuleSchema),
  }),
);
export type SecurityGroupBody = Static<typeof SecurityGroupSchema>;

/** Which hosts hold a change by now. */
const AppliedSchema = component(
  'AppliedRules',
  Type.Array(
    Type.Object({
      host: Type.String(),
      state: Type.Union([Type.Literal('applied'), Type.Literal('waiting')]),
      reason: Type.String({ description: 'why it waits; the host is told again every while' }),
    }),
  ),
);

/** A group after a change of its rules. */
export const ChangedSecurityGroupSchema = component(
  'ChangedSecurityGroup',
  Type.Object({
    group: SecurityGroupSchema,
    applied: AppliedSchema,
  }),
);
export type ChangedSecurityGroupBody = Static<typeof ChangedSecurityGroupSchema>;

export const NewSecurityGroupRuleSchema = component(
  'NewSecurityGroupRule',
  Type.Object(
    {
      direction: Type.Optional(Direction),
      ethertype: Type.Optional(Ethertype),
      protocol: Type.Optional(Protocol),
      portMin: Type.Optional(nullable(port())),
      portMax: Type.Optional(nullable(port())),
      remoteCidr: Type.Optional(
        nullable(Type.String({ maxLength: 64, description: 'addresses of the other side: 10.0.0.0/8' })),
      ),
    },
    { additionalProperties: false },
  ),
);
export type NewSecurityGroupRuleBody = Static<typeof NewSecurityGroupRuleSchema>;

export const NewSecurityGroupSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255 }),
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    egress: Type.Optional(
      Type.Boolean({ description: 'whether its instances may begin flows to anywhere; true when not said' }),
    ),
    rules: Type.Optional(Type.Array(NewSecurityGroupRuleSchema, { maxItems: 500 })),
  },
  { additionalProperties: false },
);
export type NewSecurityGroupBody = Static<typeof NewSecurityGroupSchema>;

/** What stands before an instance. No groups: all is let through. */
export const InstanceGroupsSchema = component(
  'InstanceGroups',
  Type.Object({
    instance: Type.String(),
    groups: Type.Array(SecurityGroupSchema),
    addresses: Type.Array(Type.String()),
    applied: AppliedSchema,
  }),
);
export type InstanceGroupsBody = Static<typeof InstanceGroupsSchema>;

export const SetInstanceGroupsSchema = Type.Object(
  {
    groups: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
      maxItems: 50,
      description: 'names or ids; empty takes all away',
    }),
    addresses: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        maxItems: 100,
        description: 'the addresses that it may send from; any when none is named',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SetInstanceGroupsBody = Static<typeof SetInstanceGroupsSchema>;
