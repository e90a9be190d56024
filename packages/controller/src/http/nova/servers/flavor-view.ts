import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { SecurityGroupBody } from '@ferry/api';

const mebibyte = 1024 * 1024;
/** The flavor that an adopted instance is told to have: what it has itself. */
export const adoptedFlavor = 'adopted';

/** The flavor within a server: where it is found, and since 2.47 what it was when the instance was made from it. */
export function flavorView(
  { instance, profile }: ServerRecord,
  minor: number,
  baseUrl: string,
): Record<string, unknown> {
  const { flavor } = profile;
  if (minor < 47) {
    const id = flavor?.id ?? adoptedFlavor;
    return { id, links: [{ rel: 'bookmark', href: `${baseUrl}/flavors/${id}` }] };
  }
  return {
    vcpus: flavor?.vcpus ?? instance.vcpus,
    ram: flavor?.memoryMib ?? Math.ceil(instance.memoryBytes / mebibyte),
    disk: flavor?.rootGib ?? 0,
    ephemeral: flavor?.ephemeralGib ?? 0,
    swap: flavor?.swapMib ?? 0,
    original_name: flavor?.name ?? adoptedFlavor,
    extra_specs: flavor?.extraSpecs ?? {},
  };
}

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
