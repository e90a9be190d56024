import { expect, test } from 'vitest';
import { chooseMechanism, type MechanismChoice } from './choose-mechanism.ts';

const choice = (offered: string, more: Partial<MechanismChoice> = {}): MechanismChoice => ({
  offered: offered.split(' ').filter((name) => name !== ''),
  wanted: null,
  private: true,
  password: true,
  ...more,
});

test.each([
  ['the strongest of those offered', choice('PLAIN SCRAM-SHA-1 SCRAM-SHA-256'), 'SCRAM-SHA-256'],
  ['in whatever letters they are offered', choice('plain scram-sha-256'), 'SCRAM-SHA-256'],
  ['the one that the URI wants', choice('PLAIN SCRAM-SHA-256', { wanted: 'plain' }), 'PLAIN'],
  ['one that is here before Kerberos', choice('GSSAPI SCRAM-SHA-256'), 'SCRAM-SHA-256'],
])('%s', (_, given, name) => {
  expect(chooseMechanism(given)).toMatchObject({ kind: 'chosen', mechanism: { name } });
});

test.each<[string, MechanismChoice, RegExp[]]>([
  [
    'nothing that hides nothing goes over plain TCP',
    choice('PLAIN SCRAM-SHA-256', { private: false }),
    [/PLAIN: .*\+tls/, /SCRAM-SHA-256: .*\+tls/],
  ],
  ['without a password', choice('SCRAM-SHA-256', { password: false }), [/auth\.conf/]],
  [
    'what the URI wants is not offered',
    choice('PLAIN', { wanted: 'SCRAM-SHA-256' }),
    [/SCRAM-SHA-256.*PLAIN/],
  ],
  [
    'a mechanism of the daemon that is not here',
    choice('DIGEST-MD5'),
    [/DIGEST-MD5: this client does not have it/],
  ],
  [
    "Debian's own setting, Kerberos alone",
    choice('GSSAPI', { private: false }),
    [/asks for Kerberos \(GSSAPI\), which Ferry does not speak: use qemu\+tls or qemu\+ssh/],
  ],
  ['Kerberos that the URI wants', choice('GSSAPI PLAIN', { wanted: 'gssapi' }), [/Ferry does not speak/]],
  ['nothing offered', choice(''), [/offers no mechanism/]],
])('every mechanism that cannot be is named with why: %s', (_, given, reasons) => {
  expect(chooseMechanism(given)).toEqual({
    kind: 'none',
    reasons: reasons.map((reason) => expect.stringMatching(reason) as string),
  });
});
