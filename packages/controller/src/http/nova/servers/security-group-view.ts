import type { SecurityGroupBody } from '@ferry/api';

/** A security group as Nova tells it: of its rules those for what comes in, which are all that it had. */
export function securityGroupView(
  { id, name, description, rules }: SecurityGroupBody,
  projectId: string,
): Record<string, unknown> {
  return {
    id,
    name,
    description,
    tenant_id: projectId,
    rules: rules
      .filter(({ direction }) => direction === 'ingress')
      .map((rule) => ({
        id: rule.id,
        parent_group_id: id,
        ip_protocol: rule.protocol === 'any' ? null : rule.protocol,
        from_port: rule.portMin,
        to_port: rule.portMax,
        ip_range: rule.remoteCidr === null ? {} : { cidr: rule.remoteCidr },
        group: {},
      })),
  };
}
