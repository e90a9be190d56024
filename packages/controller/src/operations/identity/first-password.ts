import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstProject, firstUser, theDomain } from '@ferry/model';
import type { Store } from '../../store/store.ts';
import type { Passwords } from './passwords.ts';

/**
 * Gives the first user a password when they have none, and writes it into the data directory. The file comes first: a
 * password that is in force and written nowhere would be of no use to anybody.
 */
export async function ensureFirstPassword(
  store: Store,
  passwords: Passwords,
  dataDirectory: string,
): Promise<void> {
  const user = await store.users.byId(firstUser.id);
  if (user === null || (await store.users.passwordHash(user.id)) !== null) return;
  const file = passwordFile(dataDirectory);
  const password = randomBytes(24).toString('base64url');
  writePrivate(file, `${password}\n`);
  // Another controller on the same database may have been quicker; its password counts then.
  if (!(await store.users.givePassword(user.id, await passwords.hash(password)))) rmSync(file);
}

/**
 * Writes what the `openstack` client needs to come in as the first user, next to the password; gives the file's path.
 * Null where the password is not there any more.
 */
export function writeClientFiles(dataDirectory: string, url: string, region: string): string | null {
  const file = passwordFile(dataDirectory);
  if (!existsSync(file)) return null;
  const password = readFileSync(file, 'utf8').trim();
  const authUrl = `${url}/identity/v3`;
  const cloudsFile = join(dataDirectory, 'clouds.yaml');
  writePrivate(
    cloudsFile,
    `# For the openstack client and SDKs: OS_CLIENT_CONFIG_FILE=${cloudsFile} openstack --os-cloud ferry server list
clouds:
  ferry:
    auth:
      auth_url: ${JSON.stringify(authUrl)}
      username: ${JSON.stringify(firstUser.name)}
      password: ${JSON.stringify(password)}
      user_domain_name: ${theDomain.name}
      project_name: ${JSON.stringify(firstProject.name)}
      project_domain_name: ${theDomain.name}
    region_name: ${JSON.stringify(region)}
    identity_api_version: "3"
`,
  );
  writePrivate(
    join(dataDirectory, 'openrc'),
    `# For a shell: . ${join(dataDirectory, 'openrc')}
export OS_AUTH_URL=${quoted(authUrl)}
export OS_IDENTITY_API_VERSION=3
export OS_USERNAME=${quoted(firstUser.name)}
export OS_PASSWORD=${quoted(password)}
export OS_USER_DOMAIN_NAME=${theDomain.name}
export OS_PROJECT_NAME=${quoted(firstProject.name)}
export OS_PROJECT_DOMAIN_NAME=${theDomain.name}
export OS_REGION_NAME=${quoted(region)}
`,
  );
  return cloudsFile;
}

function passwordFile(dataDirectory: string): string {
  return join(dataDirectory, 'admin.password');
}

/** For the owner's eyes alone, from the first byte, also where there was a file that others could read. */
function writePrivate(path: string, text: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  writeFileSync(path, text, { mode: 0o600 });
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
