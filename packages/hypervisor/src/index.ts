export * from './contract/errors.ts';
export type * from './contract/call.ts';
export type * from './contract/host-domains.ts';
export type * from './contract/host-migration.ts';
export type * from './contract/host-storage.ts';
export type * from './contract/hypervisor-host.ts';
export type * from './contract/image-chunk.ts';
export { SparseDigest } from './contract/sparse-digest.ts';
export { LibvirtHypervisor } from './libvirt/libvirt-hypervisor.ts';
