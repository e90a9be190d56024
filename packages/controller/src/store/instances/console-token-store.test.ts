import { expect, test } from 'vitest';
import { openText, sealText } from '../database/sealed-text.ts';
import { sampleStore, web } from './sample-store.test-support.ts';

const later = '2999-01-01T00:00:00.000Z';
const grant = {
  instanceId: web.id,
  kind: 'serial',
  userId: 'ada',
  authToken: 'fid_secret',
  expiresAt: later,
} as const;

test('a token opens what it was issued for, and no other text does', async () => {
  const store = await sampleStore();
  const token = await store.consoleTokens.issue(grant);
  expect(await store.consoleTokens.read(token)).toEqual(grant);
  for (const other of ['', token.slice(1), token.toLowerCase(), `${token} `])
    expect(await store.consoleTokens.read(other)).toBeNull();
  await store.close();
});

test('one that has ended opens nothing, and is forgotten without the others', async () => {
  const store = await sampleStore();
  const ended = await store.consoleTokens.issue({ ...grant, expiresAt: '2000-01-01T00:00:00.000Z' });
  const good = await store.consoleTokens.issue(grant);
  expect(await store.consoleTokens.read(ended)).toBeNull();
  await store.consoleTokens.removeExpired();
  expect(await store.consoleTokens.read(good)).toEqual(grant);
  await store.close();
});

test('of very many tokens of an instance the oldest end; those of others do not', async () => {
  const db = { ...web, id: 'db-1', name: 'db' };
  const store = await sampleStore([web, db]);
  const other = await store.consoleTokens.issue({ ...grant, instanceId: db.id });
  const issued: string[] = [];
  for (let number = 0; number < 130; number += 1) issued.push(await store.consoleTokens.issue(grant));
  const read = await Promise.all(issued.map((token) => store.consoleTokens.read(token)));
  const good = read.filter((one) => one !== null).length;
  expect(good).toBeGreaterThanOrEqual(100);
  expect(good).toBeLessThanOrEqual(101);
  expect(read.at(-1)).toEqual(grant);
  expect(await store.consoleTokens.read(other)).not.toBeNull();
  await store.close();
});

test('what is kept of a token opens nothing, and the token of its user is sealed with it', async () => {
  const token = 'a'.repeat(43);
  const sealed = sealText('fid_secret', token);
  expect(openText(sealed, token)).toBe('fid_secret');
  expect(sealed).not.toContain('fid_secret');
  expect(sealText('fid_secret', token)).not.toBe(sealed);
  expect(() => openText(sealed, 'b'.repeat(43))).toThrow('authenticate');
  expect(() => openText(sealed.slice(0, -4), token)).toThrow('authenticate');
});
