import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { eventKinds } from '@ferry/api';
import { unknownKinds, type Webhook, type WebhookDelivery } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { WebhookRunner } from './webhook-runner.ts';

/** Each is asked about at every event. */
const maxWebhooks = 50;
const shortestSecret = 16;

/** A webhook that an administrator makes. */
export interface NewWebhook {
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly string[];
  readonly secret: string;
}

/** Takes one in: it is told what happens from now on. Refuses it with all that is wrong with it. */
export async function addWebhook(
  services: Services,
  runner: WebhookRunner,
  { name, url, kinds, secret }: NewWebhook,
  createdBy: string,
): Promise<Webhook> {
  const { store } = services;
  const wrong = [...urlProblems(url, runner), ...kindProblems(kinds), ...secretProblems(secret)];
  if (wrong.length > 0)
    throw new Refusal('bad-request', `Webhook ${name} cannot be made: ${wrong.join('; ')}.`);
  const webhook: Webhook = {
    id: randomUUID(),
    name,
    url,
    kinds: [...new Set(kinds)],
    createdAt: store.now(),
    createdBy,
    sequence: await store.events.last(),
    failures: 0,
    reason: null,
    nextAttemptMs: 0,
  };
  const answer = await store.webhooks.add(webhook, secret, maxWebhooks);
  if (answer === 'taken') throw new Refusal('webhook-taken', `There is a webhook "${name}" already.`);
  if (answer === 'too-many')
    throw new Refusal(
      'quota-exceeded',
      `There are ${maxWebhooks} webhooks, which is as many as there may be.`,
    );
  return webhook;
}

/** By its name or id; refuses one that is not there. */
export async function webhookNamed({ store }: Services, nameOrId: string): Promise<Webhook> {
  const all = await store.webhooks.list();
  const found = all.find(({ id }) => id === nameOrId) ?? all.find(({ name }) => name === nameOrId);
  if (found !== undefined) return found;
  const list =
    all.length === 0 ? 'there is none yet' : `there are: ${all.map(({ name }) => name).join(', ')}`;
  throw new Refusal('webhook-not-found', `There is no webhook "${nameOrId}"; ${list}.`);
}

/** It is told nothing more, what was tried of it is forgotten. */
export async function deleteWebhook(services: Services, nameOrId: string): Promise<Webhook> {
  const webhook = await webhookNamed(services, nameOrId);
  await services.store.webhooks.remove(webhook.id);
  return webhook;
}

/** Sends it a message that is of no event, now, whatever it waits for; what came of it. */
export async function testWebhook(
  services: Services,
  runner: WebhookRunner,
  nameOrId: string,
): Promise<WebhookDelivery> {
  return runner.test(await webhookNamed(services, nameOrId));
}

function urlProblems(text: string, runner: WebhookRunner): string[] {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return ['its address is no http:// or https:// URL'];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return [
    ...(url.username === '' && url.password === '' ? [] : ['its address holds a user or a password']),
    ...(url.hash === '' ? [] : ['its address has a fragment, which is never sent']),
    ...(isIP(host) !== 0 && runner.refused.has(host)
      ? [`${host} is an address that webhooks are not sent to (see ferry serve --webhook-allow)`]
      : []),
  ];
}

function kindProblems(kinds: readonly string[]): string[] {
  const unknown = unknownKinds(kinds, eventKinds);
  return unknown.length === 0
    ? []
    : [
        `no event is of the kind ${unknown.join(', ')}; kinds are: ${eventKinds.join(', ')}, host.* and the like, *`,
      ];
}

function secretProblems(secret: string): string[] {
  return secret.length < shortestSecret
    ? [`its secret has ${secret.length} characters, and at least ${shortestSecret} are wanted`]
    : [];
}
