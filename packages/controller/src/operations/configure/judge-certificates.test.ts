import { createPublicKey } from 'node:crypto';
import type { CertificateRole } from '@ferry/model';
import { beforeAll, expect, test } from 'vitest';
import { type Authority, makeAuthority, signForHost } from '../../certificates/own-authority.ts';
import { judgeCertificates, type SignedFor } from './judge-certificates.ts';

const roles: readonly CertificateRole[] = ['libvirt-server', 'qemu'];
const names = ['alpha', '10.0.0.1'];
let authority: Authority;
let other: Authority;
let own: Authority;

beforeAll(async () => {
  authority = await makeAuthority('one');
  other = await makeAuthority('two');
  own = await signForHost(authority, names, 100);
});

const publicOf = (key: string): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();

function judged(change: Partial<SignedFor> & { certificate?: string; authority?: string } = {}) {
  const key = publicOf(own.key);
  const wanted = { roles, names, at: days(0), keys: { 'libvirt-server': key, qemu: key }, ...change };
  const signed = roles.map((role) => ({ role, certificate: change.certificate ?? own.certificate }));
  return judgeCertificates({ authority: change.authority ?? authority.certificate, signed }, wanted);
}

test('what is good is written with its chain, and nothing else of the files', () => {
  const good = judged({ authority: `${other.certificate}\nwords\n${authority.certificate}` });
  expect(good).toEqual({
    authority: authority.certificate,
    of: { 'libvirt-server': own.certificate, qemu: own.certificate },
  });
});

test.each<{ what: string; change: () => Parameters<typeof judged>[0]; says: string }>([
  {
    what: 'another authority',
    change: () => ({ authority: other.certificate }),
    says: 'is signed by "CN=one", from which no chain leads to a self-signed one in the file of the authority ("CN=two")',
  },
  {
    what: 'another key',
    change: () => ({ keys: { qemu: publicOf(other.key), 'libvirt-server': publicOf(own.key) } }),
    says: 'qemu: its key is not the one that waits on the host',
  },
  { what: 'no key', change: () => ({ keys: {} }), says: 'no key waits for it on the host' },
  {
    what: 'a name that is missing',
    change: () => ({ names: [...names, 'beta'] }),
    says: 'it is not good for beta (it is for DNS:alpha, IP Address:10.0.0.1)',
  },
  { what: 'it has ended', change: () => ({ at: days(101) }), says: 'libvirt-server: it ended on' },
  { what: 'it is not good yet', change: () => ({ at: days(-2) }), says: 'it is good from' },
  {
    what: 'the authority itself',
    change: () => ({ certificate: authority.certificate }),
    says: 'it is the certificate of an authority',
  },
  {
    what: 'no certificate',
    change: () => ({ certificate: 'words' }),
    says: 'there is no certificate for qemu',
  },
])('$what is refused', ({ change, says }) => {
  const { problems } = judged(change()) as { problems: readonly string[] };
  expect(problems.join('\n')).toContain(says);
});
