import type { CertificateFile, CertificateUse } from '../doctor/host-examination.ts';

/** What a host has a key and a certificate for, where an authority outside of the controller signs. */
export const certificateRoles = ['libvirt-server', 'libvirt-client', 'qemu', 'vnc'] as const;
export type CertificateRole = (typeof certificateRoles)[number];

/** What a certificate of a role is to be good for. */
export const usagesOfRole: Readonly<
  Record<CertificateRole, { readonly server: boolean; readonly client: boolean }>
> = {
  'libvirt-server': { server: true, client: false },
  'libvirt-client': { server: false, client: true },
  // A QEMU is the target of one migration and the source of another.
  qemu: { server: true, client: true },
  vnc: { server: true, client: false },
};

/** The role whose certificate a use takes. Screens have QEMU's, unless they have a place of their own. */
export function roleOfUse(use: CertificateUse, files: readonly CertificateFile[]): CertificateRole | null {
  switch (use) {
    case 'libvirt-server':
    case 'libvirt-client':
      return use;
    case 'qemu-server':
    case 'qemu-client':
      return 'qemu';
    case 'vnc-server':
      return pathOf('vnc-server', files) === pathOf('qemu-server', files) ? 'qemu' : 'vnc';
    case 'libvirt-ca':
    case 'qemu-ca':
    case 'vnc-ca':
      return null;
  }
}

/** The roles of a host, by the places in which it looks for certificates. */
export function rolesOfHost(files: readonly CertificateFile[]): readonly CertificateRole[] {
  const taken = new Set(files.map(({ use }) => roleOfUse(use, files)));
  return certificateRoles.filter((role) => taken.has(role));
}

function pathOf(use: CertificateUse, files: readonly CertificateFile[]): string | null {
  return files.find((file) => file.use === use)?.path ?? null;
}
