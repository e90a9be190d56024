import type { ChangedSecurityGroupBody, InstanceGroupsBody, SecurityGroupBody } from '@ferry/api';
import type { SecurityGroup } from '@ferry/model';
import type { InstanceGroups } from '../../../operations/security-groups/instance-groups.ts';
import type { ChangedGroup } from '../../../operations/security-groups/security-groups.ts';

/** A security group as Ferry's API shows it. */
export function groupBody({ rules, ...group }: SecurityGroup): SecurityGroupBody {
  return {
    ...group,
    rules: rules.map(({ ports, ...rule }) => ({
      ...rule,
      portMin: ports?.[0] ?? null,
      portMax: ports?.[1] ?? null,
    })),
  };
}

export function changedBody({ group, applied }: ChangedGroup): ChangedSecurityGroupBody {
  return { group: groupBody(group), applied: [...applied] };
}

export function groupsOfInstanceBody({ instance, firewall, applied }: InstanceGroups): InstanceGroupsBody {
  return {
    instance: instance.name,
    groups: firewall.groups.map(groupBody),
    addresses: [...firewall.addresses],
    applied: [...applied],
  };
}
