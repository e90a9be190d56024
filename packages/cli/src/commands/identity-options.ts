import { isIP } from 'node:net';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { ControllerOptions } from '@ferry/controller';

type KeystoneSettings = NonNullable<ControllerOptions['keystone']>;
type ProjectRole = KeystoneSettings['roleMap'][string];

const projectRoles: readonly ProjectRole[] = ['admin', 'manager', 'member', 'reader'];
const keystoneTimeoutMs = 5_000;

/** `http://…` or `https://…`, as an address to be put before paths. */
export function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('an address such as https://ferry.example.org is wanted.');
  return text.replace(/\/+$/, '');
}

/** `10.0.0.1` or `10.0.0.0/24`, added to those that were named before. */
export function readProxy(text: string, before: readonly string[]): readonly string[] {
  const [address = '', prefix, ...more] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  if (isIP(address) === 0 || !fits || more.length > 0)
    throw new InvalidArgumentError('an address or network is wanted, for example 10.0.0.1 or 10.0.0.0/24.');
  return [...before, text];
}

/** `cloud_admin=admin,auditor=reader`: what Keystone's roles count as here. */
export function readRoleMap(text: string): Record<string, ProjectRole> {
  const pairs = text.split(',').map((pair): [string, ProjectRole] => {
    const [name = '', role = '', ...rest] = pair.split('=').map((part) => part.trim());
    const known = projectRoles.find((one) => one === role);
    if (name === '' || known === undefined || rest.length > 0)
      throw new InvalidArgumentError(
        `"${pair}" is not NAME=ROLE with a role of ${projectRoles.join(', ')}, for example cloud_admin=admin.`,
      );
    return [name, known];
  });
  return Object.fromEntries(pairs);
}

/**
 * What Ferry needs to ask a Keystone about tokens; null without one. The service user stands in the environment, where a
 * list of processes does not show it.
 */
export function keystoneSettings(
  url: string | undefined,
  roleMap: Readonly<Record<string, ProjectRole>>,
  env: Readonly<Record<string, string | undefined>>,
): KeystoneSettings | null {
  if (url === undefined) return null;
  const missing = ['FERRY_KEYSTONE_USER', 'FERRY_KEYSTONE_PASSWORD'].filter((name) => !env[name]);
  if (missing.length > 0)
    throw new Error(
      `--keystone-url needs a service user to ask with, and ${missing.join(' and ')} is not set in the environment.`,
    );
  return {
    url,
    user: {
      name: env['FERRY_KEYSTONE_USER'] ?? '',
      password: env['FERRY_KEYSTONE_PASSWORD'] ?? '',
      domainName: env['FERRY_KEYSTONE_USER_DOMAIN'] ?? 'Default',
      projectName: env['FERRY_KEYSTONE_PROJECT'] ?? 'service',
      projectDomainName: env['FERRY_KEYSTONE_PROJECT_DOMAIN'] ?? 'Default',
    },
    roleMap,
    timeoutMs: keystoneTimeoutMs,
  };
}
