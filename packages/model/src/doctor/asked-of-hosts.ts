import type { CertificateUse, TlsSettings } from './host-examination.ts';

/** Daemons that move guests or start them by themselves: unit, program (15 letters at most, as Linux keeps them), and what it is. */
export const balancers = [
  { unit: 'pacemaker.service', program: 'pacemakerd', name: 'Pacemaker' },
  { unit: 'vdsmd.service', program: 'vdsmd', name: 'oVirt (vdsm)' },
  { unit: 'nova-compute.service', program: 'nova-compute', name: 'OpenStack Nova' },
  { unit: 'openstack-nova-compute.service', program: 'nova-compute', name: 'OpenStack Nova' },
  { unit: 'cloudstack-agent.service', program: 'cloudstack-agen', name: 'CloudStack' },
  { unit: 'pve-ha-lrm.service', program: 'pve-ha-lrm', name: 'Proxmox HA' },
  { unit: 'opennebula-node.service', program: 'onehost', name: 'OpenNebula' },
  { unit: 'incus.service', program: 'incusd', name: 'Incus' },
] as const;

/** The sockets at which a daemon of libvirt that others reach is started by systemd. */
function socketsOf(daemon: 'libvirtd' | 'virtproxyd'): string[] {
  return ['', '-ro', '-admin', '-tcp', '-tls'].map((kind) => `${daemon}${kind}.socket`);
}

/** Units of systemd that are asked for. */
export const askedUnits: readonly string[] = [
  'libvirt-guests.service',
  'libvirtd.service',
  ...socketsOf('libvirtd'),
  'virtqemud.service',
  'virtqemud.socket',
  'virtproxyd.service',
  ...socketsOf('virtproxyd'),
  'virtlockd.service',
  'firewalld.service',
  'nftables.service',
  'ufw.service',
  'chrony.service',
  'chronyd.service',
  'systemd-timesyncd.service',
  ...balancers.map(({ unit }) => unit),
];

/** Programs that are looked for among those that run. */
export const askedPrograms: readonly string[] = [
  ...new Set(balancers.map(({ program }) => program)),
  'libvirtd',
  'virtqemud',
  'virtproxyd',
  'firewalld',
  'chronyd',
  'systemd-timesyn',
];

/** Settings that are read, and no others: beside them stand passwords. Their file is libvirt's; `libvirtd` stands for whoever listens. */
export const askedSettings = {
  qemu: [
    'migration_host',
    'migration_address',
    'migration_port_min',
    'migration_port_max',
    'migrate_tls_x509_cert_dir',
    'default_tls_x509_cert_dir',
    'vnc_tls_x509_cert_dir',
    'vnc_tls',
    'lock_manager',
    'dynamic_ownership',
    'remember_owner',
    'user',
    'group',
  ],
  libvirtd: [
    'listen_tls',
    'listen_tcp',
    'auth_tcp',
    'auth_tls',
    'tls_port',
    'tcp_port',
    'listen_addr',
    'ca_file',
    'cert_file',
    'key_file',
    'host_uuid',
  ],
} as const;

/** libvirt's own ports of migrations (qemu.conf, migration_port_min and migration_port_max). */
const defaultPorts = { first: 49_152, last: 49_215 } as const;

/** The ports that migrations come in at. */
export function migrationPorts(qemu: Readonly<Record<string, string>> | null): {
  readonly first: number;
  readonly last: number;
} {
  const first = numberOf(qemu?.['migration_port_min']) ?? defaultPorts.first;
  const last = numberOf(qemu?.['migration_port_max']) ?? defaultPorts.last;
  return last >= first ? { first, last } : defaultPorts;
}

function numberOf(text: string | undefined): number | null {
  const value = Number(text ?? 'none');
  return Number.isInteger(value) && value >= 1 && value <= 65_535 ? value : null;
}

/** A text setting without its quotes; null: it is not set. */
export function textSetting(text: string | undefined): string | null {
  const inner = /^"([^"]*)"/.exec(text ?? '')?.[1] ?? '';
  return inner === '' ? null : inner;
}

/** Where a certificate is looked for, and where its key. */
interface CertificatePlace {
  readonly use: CertificateUse;
  readonly path: string;
  readonly keyPath: string | null;
}

/** Directories of certificates that libvirt takes where no setting names one and they are there. */
export const tlsDirectories = { migration: '/etc/pki/libvirt-migrate', vnc: '/etc/pki/libvirt-vnc' } as const;

/**
 * Where libvirt and QEMU have their certificates, by their settings (https://libvirt.org/kbase/tlscerts.html; qemu.conf;
 * `virQEMUDriverConfigSetCertDir` in libvirt's `qemu_conf.c`).
 */
export function certificatePlaces({ qemu, libvirtd, directories }: TlsSettings): readonly CertificatePlace[] {
  const common = textSetting(qemu?.['default_tls_x509_cert_dir']);
  const placeOf = (setting: string, usual: string): string =>
    textSetting(qemu?.[setting]) ?? common ?? (directories.includes(usual) ? usual : '/etc/pki/qemu');
  const migration = placeOf('migrate_tls_x509_cert_dir', tlsDirectories.migration);
  const vnc = placeOf('vnc_tls_x509_cert_dir', tlsDirectories.vnc);
  const pki = '/etc/pki/libvirt';
  const own = (name: string, usual: string): string => textSetting(libvirtd?.[name]) ?? usual;
  return [
    { use: 'libvirt-ca', path: own('ca_file', '/etc/pki/CA/cacert.pem'), keyPath: null },
    {
      use: 'libvirt-server',
      path: own('cert_file', `${pki}/servercert.pem`),
      keyPath: own('key_file', `${pki}/private/serverkey.pem`),
    },
    {
      use: 'libvirt-client',
      path: `${pki}/clientcert.pem`,
      keyPath: `${pki}/private/clientkey.pem`,
    },
    { use: 'qemu-ca', path: `${migration}/ca-cert.pem`, keyPath: null },
    { use: 'qemu-server', path: `${migration}/server-cert.pem`, keyPath: `${migration}/server-key.pem` },
    { use: 'qemu-client', path: `${migration}/client-cert.pem`, keyPath: `${migration}/client-key.pem` },
    { use: 'vnc-ca', path: `${vnc}/ca-cert.pem`, keyPath: null },
    { use: 'vnc-server', path: `${vnc}/server-cert.pem`, keyPath: `${vnc}/server-key.pem` },
  ];
}
