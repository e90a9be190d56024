import { Type } from 'typebox';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App } from '../routing/route-options.ts';

/** Lists of what Neutron has and Ferry has not, by the path of each; its noun is the path's last part in Python's writing. */
const paths = [
  'ports',
  'subnets',
  'routers',
  'floatingips',
  'extensions',
  'trunks',
  'agents',
  'address-groups',
  'address-scopes',
  'availability_zones',
  'flavors',
  'local_ips',
  'metering/metering-label-rules',
  'metering/metering-labels',
  'network-ip-availabilities',
  'qos/policies',
  'qos/rule-types',
  'quotas',
  'rbac-policies',
  'segments',
  'service-providers',
  'service_profiles',
  'subnetpools',
] as const;

/** Nothing is counted: networks are the hosts', and security groups belong to no project. */
const quota = {
  floatingip: -1,
  network: -1,
  port: -1,
  rbac_policy: -1,
  router: -1,
  security_group: -1,
  security_group_rule: -1,
  subnet: -1,
  subnetpool: -1,
};

/** What clients list to show that there is none, and quotas, which are none either. */
export function emptyNetworkRoutes(app: App): Promise<void> {
  for (const path of paths) {
    const noun = path.replace(/^.*\//, '').replaceAll('-', '_');
    app.get(`/${path}`, hidden(inProject('token', `get_${noun}`)), () => ({ [noun]: [] }));
  }
  const ofProject = {
    config: { access: inProject('token', 'get_quota') },
    schema: { hide: true, params: Type.Object({ project: Type.String() }) },
  } as const;
  for (const path of ['/quotas/:project', '/quotas/:project/default'])
    app.get(path, ofProject, () => ({ quota }));
  app.get('/quotas/:project/details', ofProject, () => ({
    quota: Object.fromEntries(
      Object.entries(quota).map(([name, limit]) => [name, { limit, used: 0, reserved: 0 }]),
    ),
  }));
  return Promise.resolve();
}
