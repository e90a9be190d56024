import type { InstanceProfile } from '@ferry/model';
import { type IsoFile, isoImage } from './iso-image.ts';

/** By this label guests find their config drive. */
const label = 'config-2';

/** What a guest is told of itself. */
export interface GuestFacts {
  readonly id: string;
  readonly name: string;
  readonly hostname: string;
  readonly projectId: string;
  readonly availabilityZone: string;
  readonly metadata: InstanceProfile['metadata'];
  readonly key: { readonly name: string; readonly type: string; readonly publicKey: string } | null;
  /** Base64; null: none. */
  readonly userData: string | null;
  /** Its administrator's password, which the guest's own programs take or leave; null: none. */
  readonly adminPassword: string | null;
  /** Its place among those that one request created, from 0. */
  readonly launchIndex: number;
  readonly createdAt: string;
}

/** The config drive of an instance in the form that cloud-init reads (OpenStack's `openstack/latest`). */
export function configDrive(facts: GuestFacts): Buffer {
  const { key, userData, adminPassword } = facts;
  const metadata = {
    uuid: facts.id,
    name: facts.name,
    hostname: facts.hostname,
    project_id: facts.projectId,
    availability_zone: facts.availabilityZone,
    launch_index: facts.launchIndex,
    meta: facts.metadata,
    devices: [],
    ...(adminPassword === null ? {} : { admin_pass: adminPassword }),
    ...(key === null
      ? {}
      : {
          public_keys: { [key.name]: key.publicKey },
          keys: [{ name: key.name, type: key.type, data: key.publicKey }],
        }),
  };
  const files: IsoFile[] = [
    { path: 'openstack/latest/meta_data.json', bytes: Buffer.from(JSON.stringify(metadata)) },
    { path: 'openstack/latest/vendor_data.json', bytes: Buffer.from('{}') },
  ];
  if (userData !== null)
    files.push({ path: 'openstack/latest/user_data', bytes: Buffer.from(userData, 'base64') });
  return isoImage(label, files, new Date(facts.createdAt));
}
