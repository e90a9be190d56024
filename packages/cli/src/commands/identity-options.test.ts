import { expect, test } from 'vitest';
import { keystoneSettings, readProxy, readRoleMap, readUrl } from './identity-options.ts';

test('roles of Keystone are mapped to the four there are', () => {
  expect(readRoleMap('cloud_admin=admin, auditor=reader')).toEqual({
    cloud_admin: 'admin',
    auditor: 'reader',
  });
});

test.each(['admin', '=admin', 'x=owner', 'x=admin=reader', ''])('"%s" is no map of roles', (text) => {
  expect(() => readRoleMap(text)).toThrow('is not NAME=ROLE');
});

test('an address is http or https, and paths can be put behind it', () => {
  expect(readUrl('https://ferry.example.org/')).toBe('https://ferry.example.org');
  for (const text of ['ferry', 'ftp://x', 'http://x?y'])
    expect(() => readUrl(text)).toThrow('an address such as');
});

test('proxies are addresses and networks, and add up', () => {
  expect(readProxy('2001:db8::/32', readProxy('10.0.0.1', []))).toEqual(['10.0.0.1', '2001:db8::/32']);
  for (const text of ['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129'])
    expect(() => readProxy(text, [])).toThrow('an address or network');
});

test('a Keystone needs a service user, and all that is missing is named', () => {
  expect(keystoneSettings(undefined, {}, {})).toBeNull();
  expect(() => keystoneSettings('http://k:5000', {}, {})).toThrow(
    'FERRY_KEYSTONE_USER and FERRY_KEYSTONE_PASSWORD is not set',
  );
  const env = { FERRY_KEYSTONE_USER: 'ferry', FERRY_KEYSTONE_PASSWORD: 's' };
  expect(keystoneSettings('http://k:5000', {}, env)?.user).toEqual({
    name: 'ferry',
    password: 's',
    domainName: 'Default',
    projectName: 'service',
    projectDomainName: 'Default',
  });
});
