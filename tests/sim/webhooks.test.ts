import { webhookRules } from '@ferry/model';
import type { WebhookDetailBody } from '@ferry/api';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { isSigned, WebhookReceiver } from './webhook-receiver.ts';
import { Stage, until } from './world.ts';

const secret = 'a-secret-that-nobody-guesses';
const quick = { ...webhookRules, firstRetryMs: 5, longestRetryMs: 20 };
const webhooks = { allowed: ['127.0.0.1'], rules: quick };

async function hook(stage: Stage, url: string, kinds: string[] = ['migration.*']): Promise<string> {
  return (await stage.client().addWebhook({ name: 'hook', url, kinds, secret })).id;
}

async function move(stage: Stage, host = 'compute12'): Promise<string> {
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host });
  await stage.over(id);
  await stage.quiet();
  return id;
}

const shown = (stage: Stage): Promise<WebhookDetailBody> => stage.client().webhook('hook');
const settled = (stage: Stage, when: (webhook: WebhookDetailBody) => boolean): Promise<WebhookDetailBody> =>
  until('the webhook is as wanted', async () => {
    const webhook = await shown(stage);
    return when(webhook) ? webhook : null;
  });

test('a receiver is told what it is for, in order, each once, signed; and never the secret', async () => {
  await using receiver = await WebhookReceiver.open();
  await using stage = await Stage.open({}, { webhooks });
  await stage.guest({ name: 'web', directory: '/shared' });
  await hook(stage, receiver.url);
  await move(stage);
  await receiver.got('its end', ({ message }) => message.message.startsWith('completed'));
  const webhook = await settled(stage, ({ deliveries }) => deliveries.length >= receiver.received.length);
  const { received } = receiver;
  expect(received.length).toBeGreaterThan(2);
  expect(received.map(({ message }) => message.sequence)).toEqual(
    received.map(({ message }) => message.sequence).toSorted((a, b) => a - b),
  );
  expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
  // Moves tell of instances and hosts, too, which it is not for.
  expect(new Set(received.map(({ kind }) => kind))).toEqual(new Set(['migration.updated']));
  expect(received.filter((one) => !isSigned(one, secret) || one.id !== one.message.id)).toEqual([]);
  expect(received.some((one) => isSigned(one, `${secret}x`))).toBe(false);
  expect(webhook.deliveries[0]).toMatchObject({
    outcome: 'delivered',
    status: 204,
    attempt: 1,
    reason: null,
  });
  expect(JSON.stringify([webhook, await stage.client().webhooks()])).not.toContain(secret);
});

test('one that fails is told again after a pause, then all that came meanwhile, in order', async () => {
  await using receiver = await WebhookReceiver.open();
  await using stage = await Stage.open({}, { webhooks });
  await stage.guest({ name: 'web', directory: '/shared' });
  await hook(stage, receiver.url);
  receiver.answer = (response) => response.writeHead(503).end('not now');
  await move(stage);
  const failing = await settled(stage, ({ failures }) => failures >= 3);
  expect(failing.reason).toBe('it answered 503');
  expect(failing.deliveries[0]).toMatchObject({ outcome: 'failed', status: 503 });
  // One and the same event, by one and the same id.
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  receiver.answer = (response) => response.writeHead(200).end('ok');
  await receiver.got('its end', ({ message }) => message.message.startsWith('completed'));
  const well = await settled(stage, ({ failures }) => failures === 0);
  expect(well.reason).toBeNull();
  const taken = well.deliveries.filter(({ outcome }) => outcome === 'delivered').map(({ event }) => event);
  expect(taken).toEqual(taken.toSorted((a, b) => b - a));
});

test('a restart goes on where it was, and what was cut off is told again by the same id', async () => {
  await using receiver = await WebhookReceiver.open();
  await using stage = await Stage.open({}, { webhooks });
  await stage.guest({ name: 'web', directory: '/shared' });
  await hook(stage, receiver.url);
  // It has the message, and the controller ends before it hears of that.
  receiver.answer = () => undefined;
  await move(stage);
  const first = await receiver.got('the first', () => true);
  await stage.crash();
  receiver.answer = (response) => response.writeHead(200).end();
  await stage.start();
  await receiver.got('its end', ({ message }) => message.message.startsWith('completed'));
  const ids = receiver.received.map(({ id }) => id);
  expect(ids.filter((id) => id === first.id)).toHaveLength(2);
  expect(new Set(ids).size).toBe(ids.length - 1);
});

test('no redirect is followed, no endless answer is read, and silence has an end', async () => {
  await using receiver = await WebhookReceiver.open();
  await using stage = await Stage.open(
    {},
    { webhooks: { ...webhooks, rules: { ...quick, deadlineMs: 300 } } },
  );
  await hook(stage, receiver.url);
  const tested = (): ReturnType<ReturnType<Stage['client']>['testWebhook']> =>
    stage.client().testWebhook('hook');
  receiver.answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
  expect(await tested()).toMatchObject({
    outcome: 'failed',
    status: 302,
    reason: 'it redirects, which is not followed',
  });
  expect(receiver.elsewhere).toEqual([]);
  let isOpen = true;
  receiver.answer = (response) => {
    response.writeHead(200);
    response.on('close', () => {
      isOpen = false;
    });
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(4096), () => setImmediate(more));
    };
    more();
  };
  expect(await tested()).toMatchObject({ outcome: 'delivered', status: 200 });
  await until('the connection is ended', () => (isOpen ? null : true));
  receiver.answer = () => undefined;
  expect(await tested()).toMatchObject({ outcome: 'failed', status: null, reason: 'no answer within 0.3 s' });
});

test('this machine and this link are no receivers unless the owner of the controller says so', async () => {
  await using receiver = await WebhookReceiver.open();
  await using stage = await Stage.open();
  const { port } = new URL(receiver.url);
  const add = (url: string, kinds = ['*']): Promise<string> => hook(stage, url, kinds);
  await expect(add(receiver.url)).rejects.toThrow('127.0.0.1 is an address that webhooks are not sent to');
  await expect(add('http://169.254.169.254/latest')).rejects.toThrow('webhooks are not sent to');
  await expect(add(`http://[::ffff:127.0.0.1]:${port}/`)).rejects.toThrow('webhooks are not sent to');
  await expect(add('file:///etc/passwd', ['vm.*'])).rejects.toThrow(
    /no http:\/\/ or https:\/\/ URL; no event is of the kind vm\.\*/,
  );
  await expect(add('https://ada:pw@example.org/')).rejects.toThrow('holds a user or a password');
  // A name says what it is only when it is looked up, which is done each time.
  await add(`http://localhost:${port}/hook`);
  expect(await stage.client().testWebhook('hook')).toMatchObject({ outcome: 'failed', status: null });
  expect((await shown(stage)).deliveries[0]?.reason).toMatch(
    /^localhost is (?:127\.0\.0\.1|::1), which is an address/,
  );
  expect(receiver.received).toEqual([]);
});

test('an event is given up when it is a day old, and the next ones are told', async () => {
  await using receiver = await WebhookReceiver.open();
  const rules = { ...quick, givenUpAfterMs: 0 };
  await using stage = await Stage.open({}, { webhooks: { ...webhooks, rules } });
  await stage.guest({ name: 'web', directory: '/shared' });
  await hook(stage, receiver.url);
  let refused = 0;
  receiver.answer = (response) => {
    refused += 1;
    response.writeHead(refused <= 2 ? 500 : 200).end();
  };
  await move(stage);
  await receiver.got('its end', ({ message }) => message.message.startsWith('completed'));
  const { deliveries } = await settled(stage, ({ deliveries: some }) =>
    some.some(({ outcome }) => outcome === 'delivered'),
  );
  expect(deliveries.some(({ outcome }) => outcome === 'given-up')).toBe(true);
});

test('administrators alone see and make webhooks, and as many as may be', async () => {
  await using stage = await Stage.open({}, { webhooks });
  const operator = stage.client('operator');
  const body = { name: 'hook', url: 'https://example.org/', kinds: ['*'], secret };
  for (const asked of [operator.webhooks(), operator.addWebhook(body), operator.testWebhook('hook')])
    await expect(asked).rejects.toThrow('This needs the role admin');
  await expect(stage.client().addWebhook({ ...body, secret: 'short' })).rejects.toThrow('5 characters');
  for (let made = 0; made < 50; made += 1) await stage.client().addWebhook({ ...body, name: `hook-${made}` });
  await expect(stage.client().addWebhook({ ...body, name: 'hook-7' })).rejects.toThrow('"hook-7" already');
  await expect(stage.client().addWebhook(body)).rejects.toThrow('50 webhooks');
  await expect(stage.client().webhook('nothing')).rejects.toThrow('There is no webhook "nothing"');
});

test('the command line makes, tests, shows and deletes one', async () => {
  await using receiver = await WebhookReceiver.open();
  await using stage = await Stage.open({}, { webhooks });
  const folder = mkdtempSync(join(tmpdir(), 'ferry-hook-'));
  const file = join(folder, 'hook.secret');
  writeFileSync(file, `${secret}\n`);
  const ferry = (...words: string[]): ReturnType<typeof runFerry> => runFerry(stage, ['webhook', ...words]);
  const made = await ferry(
    'add',
    receiver.url,
    '--events',
    'migration.*, host.updated',
    '--secret-file',
    file,
  );
  rmSync(folder, { recursive: true });
  expect([made.code, made.out.includes('migration.*, host.updated')]).toEqual([0, true]);
  const tested = await ferry('test', '127.0.0.1');
  expect([tested.code, tested.out]).toEqual([0, expect.stringMatching(/^delivered \(204\) in \d+ ms\n$/)]);
  expect(isSigned(await receiver.got('the test', ({ kind }) => kind === 'webhook.test'), secret)).toBe(true);
  receiver.answer = (response) => response.writeHead(500).end();
  const failed = await ferry('test', '127.0.0.1');
  expect([failed.code, failed.out]).toEqual([1, 'failed: it answered 500\n']);
  expect((await ferry('show', '127.0.0.1')).out).toContain('webhook.test');
  expect((await ferry('list')).out).toContain(receiver.url);
  expect((await ferry('delete', '127.0.0.1')).out).toBe('deleted: 127.0.0.1\n');
  expect((await ferry('show', '127.0.0.1')).code).toBe(6);
});
