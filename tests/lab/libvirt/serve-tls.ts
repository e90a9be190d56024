import { copyFileSync, mkdirSync } from 'node:fs';
import type { LabHost } from '@ferry/lab';
import type { Authority } from './certificates.ts';
import { configure, type LibvirtdSettings } from './configure.ts';

/**
 * Gives a host a certificate of a CA for `name`, and has its libvirtd speak TLS with it, whatever the certificate is like.
 * Fewer than no days make one that has expired; `settings` are further ones of libvirtd.conf.
 */
export async function serveTls(
  host: LabHost,
  authority: Authority,
  name: string,
  { days = 30, settings = {} }: { days?: number; settings?: LibvirtdSettings } = {},
): Promise<void> {
  const extensions = [`subjectAltName=${name}`, 'extendedKeyUsage=serverAuth', 'keyUsage=digitalSignature'];
  const { cert, key } = authority.issue(`${host.name}-${days}`, extensions, days);
  for (const directory of ['CA', 'libvirt/private']) {
    mkdirSync(host.pathOnMachine(`/etc/pki/${directory}`), { recursive: true });
  }
  copyFileSync(authority.cert, host.pathOnMachine('/etc/pki/CA/cacert.pem'));
  copyFileSync(cert, host.pathOnMachine('/etc/pki/libvirt/servercert.pem'));
  copyFileSync(key, host.pathOnMachine('/etc/pki/libvirt/private/serverkey.pem'));
  // Else libvirtd does not start with a certificate that has expired.
  const usual = { listen_tls: 1, auth_tls: 'none', tls_no_sanity_certificate: 1 };
  await configure(host, { ...usual, ...settings });
}
