import {
  type CheckpointRef,
  type Connection,
  type DomainRef,
  type HostInterfaceRef,
  LibvirtError,
  type NetworkPortRef,
  type NetworkRef,
  type NodeDeviceRef,
  type NwfilterBindingRef,
  type NwfilterRef,
  type SecretRef,
  type SnapshotRef,
  type StoragePoolRef,
  type StorageVolumeRef,
} from '@ferry/libvirt';
import { uuids } from './domain-xml.ts';
import { portUuid, secretUuid } from './world-names.ts';

/** Things of a world as calls name them; where a driver has none of a kind, a name that nothing has. */
export interface WorldRefs {
  /** A domain that runs. */
  readonly dom: DomainRef;
  /** A domain that does not. */
  readonly rest: DomainRef;
  /** A domain that is not there until a case makes it. */
  readonly made: DomainRef;
  readonly net: NetworkRef;
  readonly port: NetworkPortRef;
  readonly pool: StoragePoolRef;
  readonly vol: StorageVolumeRef;
  readonly iface: HostInterfaceRef;
  readonly dev: NodeDeviceRef;
  readonly filter: NwfilterRef;
  readonly binding: NwfilterBindingRef;
  readonly secret: SecretRef;
  /** Of `rest`, with a child `leaf`. */
  readonly snap: SnapshotRef;
  readonly leaf: SnapshotRef;
  /** Of `dom`, with a child `checkLeaf`. */
  readonly check: CheckpointRef;
  readonly checkLeaf: CheckpointRef;
}

const nobody = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6aff';

/** Looks all of them up by our own calls. */
export async function refsOf(connection: Connection): Promise<WorldRefs> {
  const { dom } = await connection.call('domainLookupByName', { name: 'probe' });
  const { dom: rest } = await connection.call('domainLookupByName', { name: 'rest' });
  const { net } = await connection.call('networkLookupByName', { name: 'probenet' });
  const { pool } = await connection.call('storagePoolLookupByName', { name: 'probepool' });
  const { vol } = await connection.call('storageVolLookupByName', { pool, name: 'one.img' });
  const none = { name: 'none', uuid: nobody };
  const snapshotOf = async (name: string): Promise<SnapshotRef> =>
    (await connection.call('domainSnapshotLookupByName', { dom: rest, name, flags: 0 })).snap;
  return {
    dom,
    rest,
    made: { name: 'made', uuid: uuids.made, id: -1 },
    net,
    port: { net, uuid: portUuid },
    pool,
    vol,
    iface: await orElse({ name: 'none', mac: '' }, async () => {
      const name = (await connection.call('connectGetType', {})).type === 'TEST' ? 'eth1' : 'eth0';
      return (await connection.call('interfaceLookupByName', { name })).iface;
    }),
    dev: { name: 'computer' },
    filter: await orElse(
      none,
      async () => (await connection.call('nwfilterLookupByName', { name: 'probefilter' })).nwfilter,
    ),
    binding: { portdev: 'probe0', filtername: 'probefilter' },
    secret: { uuid: secretUuid, usageType: 0, usageId: '' },
    snap: await snapshotOf('trunk'),
    leaf: await snapshotOf('leaf'),
    check: { name: 'trunk', dom },
    checkLeaf: { name: 'leaf', dom },
  };
}

/** Not every driver has every kind of thing. */
async function orElse<T>(otherwise: T, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof LibvirtError) return otherwise;
    throw error;
  }
}
