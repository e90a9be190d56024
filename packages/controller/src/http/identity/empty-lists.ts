import { allRoles } from '@ferry/model';
import { Type } from 'typebox';
import { ofAll, ofUser } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App } from '../routing/route-options.ts';
import { listBody, roleBody } from './bodies.ts';
import { identityUrl } from './identity-url.ts';

/** Lists of what Keystone has and Ferry has not, by the path of each; the noun is its last part unless another is named. */
const lists: readonly (readonly [path: string, rule: string, noun?: string])[] = [
  ['credentials', 'list_credentials'],
  ['policies', 'list_policies'],
  ['limits', 'list_limits'],
  ['registered_limits', 'list_registered_limits'],
  ['OS-TRUST/trusts', 'list_trusts'],
  ['OS-FEDERATION/mappings', 'list_mappings'],
  ['OS-FEDERATION/identity_providers', 'list_identity_providers'],
  ['OS-FEDERATION/service_providers', 'list_service_providers'],
  ['OS-OAUTH1/consumers', 'list_consumers'],
  ['OS-EP-FILTER/endpoint_groups', 'list_endpoint_groups'],
];
/** The same of what a user has. */
const listsOfUser: typeof lists = [
  ['access_rules', 'list_access_rules'],
  ['credentials/OS-EC2', 'ec2_list_credentials', 'credentials'],
];

/** What clients list to show that there is none; and which roles include which. */
export function emptyListRoutes(app: App): Promise<void> {
  for (const [path, rule] of lists) {
    const noun = path.split('/').at(-1) ?? path;
    app.get(`/${path}`, hidden(ofAll('admin', rule)), (request) =>
      listBody(noun, [], `${identityUrl(request)}/${path}`),
    );
  }
  for (const [path, rule, noun = path] of listsOfUser)
    app.get(
      `/users/:user/${path}`,
      {
        config: { access: ofUser(rule, 'user') },
        schema: { hide: true, params: Type.Object({ user: Type.String() }) },
      },
      (request) => listBody(noun, [], `${identityUrl(request)}/users/${request.params.user}/${path}`),
    );
  app.get('/role_inferences', hidden(ofAll('admin', 'list_role_inference_rules')), (request) => {
    const base = identityUrl(request);
    const rules = allRoles.flatMap((role, index) => {
      const next = allRoles[index + 1];
      return next === undefined
        ? []
        : [{ prior_role: roleBody(role, base), implies: [roleBody(next, base)] }];
    });
    return listBody('role_inferences', rules, `${base}/role_inferences`);
  });
  return Promise.resolve();
}
