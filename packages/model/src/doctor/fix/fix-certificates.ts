import { wayOf } from '../rules-of-access.ts';
import { configureFor } from './fix-firewall.ts';
import { fix, left, type Mending } from './doctor-fix.ts';
import type { FixPlace } from './fix-place.ts';

/** A certificate that ends or is not believed is made anew; a key is given to who is to read it. */
export function mendCertificate({ finding: { compared }, host, authority }: FixPlace): Mending {
  if (host.shell.kind !== 'examined') return left('it has no shell');
  const { certificates } = host.shell.found;
  const path = compared['key'];
  const key = certificates.find((file) => file.key?.path === path)?.key ?? null;
  if (path !== undefined && key?.there === true) {
    const { mode } = key;
    const owner = host.host.facts?.qemuOwner ?? null;
    if ((mode & 0o007) !== 0)
      return fix(host.host.id, `closes ${key.path} to others`, {
        edits: [{ kind: 'access', path: key.path, mode: mode & 0o770, gid: null }],
      });
    if (owner === null) return left("which group QEMU's user has is not known");
    return fix(host.host.id, `lets QEMU's group read ${key.path}`, {
      edits: [{ kind: 'access', path: key.path, mode: 0o640, gid: owner.gid }],
    });
  }
  return configureFor(host, authority, { transport: transportOf(host.host.peerUri), rotate: true });
}

/** Certificates that are not there are made; libvirtd that is not reached by TLS stays as it is. */
export function mendMissingCertificates({ host, authority }: FixPlace): Mending {
  return configureFor(host, authority, { transport: transportOf(host.host.peerUri), rotate: false });
}

function transportOf(peerUri: string): 'tls' | 'ssh' {
  return wayOf(peerUri) === 'tls' ? 'tls' : 'ssh';
}
