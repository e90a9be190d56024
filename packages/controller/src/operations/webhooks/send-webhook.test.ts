import { expect, test } from 'vitest';
import { RefusedAddresses } from './send-webhook.ts';

test('nothing is sent to this machine, this link, metadata services or many, in any spelling', () => {
  const refused = new RefusedAddresses();
  const never = [
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.169.254',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a9fe:a9fe',
    'not-an-address',
  ];
  expect(never.filter((address) => !refused.has(address))).toEqual([]);
});

test('private and public networks are where receivers are', () => {
  const refused = new RefusedAddresses([], () => []);
  const fine = [
    '10.0.0.5',
    '192.168.1.1',
    '172.16.0.1',
    '203.0.113.7',
    'fd12::1',
    '2001:db8::1',
    '::ffff:10.0.0.5',
  ];
  expect(fine.filter((address) => refused.has(address))).toEqual([]);
});

test('what the owner of the controller allows is allowed, and nothing beside it', () => {
  const refused = new RefusedAddresses(['127.0.0.1', '169.254.1.0/24']);
  expect([refused.has('127.0.0.1'), refused.has('::ffff:127.0.0.1'), refused.has('169.254.1.9')]).toEqual([
    false,
    false,
    false,
  ]);
  expect([refused.has('127.0.0.2'), refused.has('169.254.169.254')]).toEqual([true, true]);
});

test('the addresses that this machine has on its networks are this machine, as long as it has them', () => {
  const own = ['10.0.0.5', 'fd12::5'];
  const refused = new RefusedAddresses(['10.0.0.6'], () => own);
  const all = ['10.0.0.5', '::ffff:10.0.0.5', 'fd12:0::5', '10.0.0.7'];
  expect(all.map((address) => refused.has(address))).toEqual([true, true, true, false]);
  own.push('10.0.0.6', '10.0.0.7');
  expect(['10.0.0.6', '10.0.0.7'].map((address) => refused.has(address))).toEqual([false, true]);
});
