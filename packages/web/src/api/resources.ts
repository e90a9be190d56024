import type {
  ChangedSecurityGroupBody,
  FlavorBody,
  InstanceGroupsBody,
  NewFlavorBody,
  NewSecurityGroupBody,
  NewSecurityGroupRuleBody,
  NewVolumeBody,
  NewVolumeTypeBody,
  SecurityGroupBody,
  SetInstanceGroupsBody,
  SetVolumeBody,
  VolumeBody,
  VolumeTypeBody,
} from '@ferry/api';
import { allPages, json, request } from './request.ts';

const v1 = '/ferry/v1';
const images = '/image/v2/images';
const at = encodeURIComponent;
/** A large image takes its time. */
const uploadMs = 6 * 3_600_000;
const imagePatch = 'application/openstack-images-v2.1-json-patch';

/** An image as the image API tells of it; properties that its owner has set stand among the fields. */
export interface LibraryImage {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly visibility: string;
  readonly protected: boolean;
  readonly disk_format: string | null;
  readonly size: number | null;
  readonly virtual_size: number | null;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly os_hash_value: string | null;
  readonly created_at: string;
}

export interface Keypair {
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
  readonly type?: string;
  /** UTC without its zone; told of one alone. */
  readonly created_at?: string;
  /** Told once, where the service made the pair. */
  readonly private_key?: string;
}

/** What instances are made of, in the words of each API that has it. */
export const resources = {
  images: async () => {
    const all: LibraryImage[] = [];
    let next: string | undefined = '/v2/images?limit=100';
    while (next !== undefined) {
      const page: { images: LibraryImage[]; next?: string } = await json('GET', `/image${next}`);
      all.push(...page.images);
      next = page.next;
    }
    return all;
  },
  image: (id: string) => json<LibraryImage>('GET', `${images}/${at(id)}`),
  /** Makes it known and brings its bytes; one whose bytes do not come is taken away again. */
  addImage: async (fields: object, file: File) => {
    const made = await json<LibraryImage>('POST', images, { body: fields });
    try {
      await request('PUT', `${images}/${at(made.id)}/file`, { body: file, patienceMs: uploadMs });
    } catch (error) {
      await request('DELETE', `${images}/${at(made.id)}`).catch(() => undefined);
      throw error;
    }
    return made;
  },
  changeImage: (id: string, field: string, value: unknown) =>
    json<LibraryImage>('PATCH', `${images}/${at(id)}`, {
      headers: { 'content-type': imagePatch },
      body: [{ op: 'replace', path: `/${field}`, value }],
    }),
  deleteImage: (id: string) => request('DELETE', `${images}/${at(id)}`),
  imageFile: (id: string) => `${images}/${at(id)}/file`,

  volumes: () => allPages<VolumeBody>(`${v1}/volumes`, 'volumes'),
  volume: (id: string) => json<VolumeBody>('GET', `${v1}/volumes/${at(id)}`),
  /** In a pool that a type names, in the project that one works in. */
  makeVolume: (volume: object) => json('POST', '/volume/v3/volumes', { body: { volume } }),
  /** One that is there, or in a pool by its name. */
  knowVolume: (body: NewVolumeBody) => json<VolumeBody>('POST', `${v1}/volumes`, { body }),
  setVolume: (id: string, body: SetVolumeBody) =>
    json<VolumeBody>('PATCH', `${v1}/volumes/${at(id)}`, { body }),
  deleteVolume: (id: string, content: boolean) =>
    json<VolumeBody>('DELETE', `${v1}/volumes/${at(id)}?content=${content}`),
  extendVolume: (id: string, gib: number) =>
    request('POST', `/volume/v3/volumes/${at(id)}/action`, { body: { 'os-extend': { new_size: gib } } }),
  attach: (instance: string, volumeId: string) =>
    json('POST', `/v2.1/servers/${at(instance)}/os-volume_attachments`, {
      body: { volumeAttachment: { volumeId } },
    }),
  detach: (instance: string, volumeId: string) =>
    request('DELETE', `/v2.1/servers/${at(instance)}/os-volume_attachments/${at(volumeId)}`),
  volumeTypes: () => allPages<VolumeTypeBody>(`${v1}/volume-types`, 'volumeTypes'),
  addVolumeType: (body: NewVolumeTypeBody) => json<VolumeTypeBody>('POST', `${v1}/volume-types`, { body }),
  deleteVolumeType: (id: string) => json<VolumeTypeBody>('DELETE', `${v1}/volume-types/${at(id)}`),

  groups: () => allPages<SecurityGroupBody>(`${v1}/security-groups`, 'securityGroups'),
  group: (id: string) => json<SecurityGroupBody>('GET', `${v1}/security-groups/${at(id)}`),
  addGroup: (body: NewSecurityGroupBody) =>
    json<SecurityGroupBody>('POST', `${v1}/security-groups`, { body }),
  deleteGroup: (id: string) => json<SecurityGroupBody>('DELETE', `${v1}/security-groups/${at(id)}`),
  addRule: (group: string, body: NewSecurityGroupRuleBody) =>
    json<ChangedSecurityGroupBody>('POST', `${v1}/security-groups/${at(group)}/rules`, { body }),
  deleteRule: (group: string, rule: string) =>
    json<ChangedSecurityGroupBody>('DELETE', `${v1}/security-groups/${at(group)}/rules/${at(rule)}`),

  groupsOf: (instance: string) =>
    json<InstanceGroupsBody>('GET', `${v1}/instances/${at(instance)}/security-groups`),
  setGroupsOf: (instance: string, body: SetInstanceGroupsBody) =>
    json<InstanceGroupsBody>('PUT', `${v1}/instances/${at(instance)}/security-groups`, { body }),

  flavors: () => allPages<FlavorBody>(`${v1}/flavors`, 'flavors'),
  /** What hosts must have for it, as an administrator has set it. */
  flavorSpecs: async (id: string) => {
    const path = `/v2.1/flavors/${at(id)}/os-extra_specs`;
    return (await json<{ extra_specs: Record<string, string> }>('GET', path)).extra_specs;
  },
  addFlavor: (body: NewFlavorBody) => json<FlavorBody>('POST', `${v1}/flavors`, { body }),
  deleteFlavor: (id: string) => json<FlavorBody>('DELETE', `${v1}/flavors/${at(id)}`),

  keypairs: async () => {
    const { keypairs } = await json<{ keypairs: { keypair: Keypair }[] }>('GET', '/v2.1/os-keypairs');
    return keypairs.map(({ keypair }) => keypair);
  },
  keypair: async (name: string) =>
    (await json<{ keypair: Keypair }>('GET', `/v2.1/os-keypairs/${at(name)}`)).keypair,
  addKeypair: async (keypair: object) =>
    (await json<{ keypair: Keypair }>('POST', '/v2.1/os-keypairs', { body: { keypair } })).keypair,
  deleteKeypair: (name: string) => request('DELETE', `/v2.1/os-keypairs/${at(name)}`),
} as const;
