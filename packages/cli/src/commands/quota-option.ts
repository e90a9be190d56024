import { InvalidArgumentError } from 'commander';
import type { Quotas } from '@ferry/controller';

/** Quotas as the compute and the volume API call them, and those that they do not have. */
const quotaNames = {
  instances: 'instances',
  cores: 'cores',
  ram: 'ram',
  metadata_items: 'metadataItems',
  key_pairs: 'keyPairs',
  server_groups: 'serverGroups',
  server_group_members: 'serverGroupMembers',
  images: 'images',
  volumes: 'volumes',
  gigabytes: 'gigabytes',
  application_credentials: 'applicationCredentials',
} as const satisfies Readonly<Record<string, keyof Quotas>>;

/** `instances=20,cores=-1`: what each project may have; those that are not named stay as they are. */
export function readQuotas(text: string, before: Partial<Quotas> = {}): Partial<Quotas> {
  const pairs = text.split(',').map((pair): [keyof Quotas, number] => {
    const [, name = '', number = ''] = /^\s*([a-z_]+)=(-1|\d{1,9})\s*$/.exec(pair) ?? [];
    if (!Object.hasOwn(quotaNames, name))
      throw new InvalidArgumentError(
        `"${pair}" is not NAME=NUMBER with a name of ${Object.keys(quotaNames).join(', ')}; -1 is as many as they like.`,
      );
    return [quotaNames[name as keyof typeof quotaNames], Number(number)];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}
