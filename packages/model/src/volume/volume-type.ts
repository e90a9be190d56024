/** A storage pool that an admin named for projects: what they may ask for volumes of, without knowing hosts. */
export interface VolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Its name in libvirt, the same on each of its hosts. */
  readonly pool: string;
  /** Hosts by id that it is used on; none: all that have it. */
  readonly hostIds: readonly string[];
  /** Its hosts have one and the same pool (NFS, a cluster file system); else each has one of its own. */
  readonly shared: boolean;
  /** Taken for volumes that no type is asked for. */
  readonly isDefault: boolean;
  readonly createdAt: string;
}

/** What there is while no admin has named a default: the pool that libvirt's own tools make. The name is Cinder's. */
export const defaultVolumeType: VolumeType = {
  id: 'b6f1c2a4-6b0e-4c55-9d0a-3a9f0c1e7d10',
  name: '__DEFAULT__',
  description: 'The storage pool `default` of a host.',
  pool: 'default',
  hostIds: [],
  shared: false,
  isDefault: true,
  createdAt: '2026-01-01T00:00:00.000Z',
};
