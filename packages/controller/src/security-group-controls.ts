import type { ChangedSecurityGroupBody, InstanceGroupsBody, SecurityGroupBody } from '@ferry/api';
import type { SecurityGroup } from '@ferry/model';
import type { SecurityGroupControls } from './http/controls.ts';
import {
  type InstanceGroups,
  instanceGroups,
  setInstanceGroups,
} from './operations/security-groups/instance-groups.ts';
import {
  addRule,
  type ChangedGroup,
  createGroup,
  deleteGroup,
  findGroup,
  removeRule,
} from './operations/security-groups/security-groups.ts';
import type { Services } from './operations/engine/services.ts';

/** Joins the pages of security groups to their operations. */
export function securityGroupControls(services: Services): SecurityGroupControls {
  return {
    securityGroups: async () => (await services.store.securityGroups.list()).map(groupBody),
    securityGroup: async (name) => groupBody(await findGroup(services, name)),
    addSecurityGroup: async (body) => groupBody(await createGroup(services, body)),
    deleteSecurityGroup: async (name) => groupBody(await deleteGroup(services, name)),
    addSecurityGroupRule: async (name, body) => changedBody(await addRule(services, name, body)),
    deleteSecurityGroupRule: async (name, rule) => changedBody(await removeRule(services, name, rule)),
    instanceGroups: async (name) => instanceBody(await instanceGroups(services, name)),
    setInstanceGroups: async (name, body) => instanceBody(await setInstanceGroups(services, name, body)),
  };
}

function groupBody({ rules, ...group }: SecurityGroup): SecurityGroupBody {
  return {
    ...group,
    rules: rules.map(({ ports, ...rule }) => ({
      ...rule,
      portMin: ports?.[0] ?? null,
      portMax: ports?.[1] ?? null,
    })),
  };
}

function changedBody({ group, applied }: ChangedGroup): ChangedSecurityGroupBody {
  return { group: groupBody(group), applied: [...applied] };
}

function instanceBody({ instance, firewall, applied }: InstanceGroups): InstanceGroupsBody {
  return {
    instance: instance.name,
    groups: firewall.groups.map(groupBody),
    addresses: [...firewall.addresses],
    applied: [...applied],
  };
}
