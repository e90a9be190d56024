import {
  NewWebhookSchema,
  ProblemSchema,
  type WebhookBody,
  WebhookDeliverySchema,
  WebhookDetailSchema,
  WebhookSchema,
} from '@ferry/api';
import type { Webhook } from '@ferry/model';
import { Type } from 'typebox';
import { addWebhook, deleteWebhook, testWebhook, webhookNamed } from '../../operations/webhooks/webhooks.ts';
import { ferry } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';

const named = Type.Object({ webhook: Type.String({ maxLength: 255 }) });

/** Webhooks: list, show, make, delete, test. For administrators: their addresses can hold what lets one in elsewhere. */
export function webhookRoutes(app: App, { api }: RouteOptions): Promise<void> {
  const { services, store } = api;
  app.get(
    '/webhooks',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'All webhooks, by name',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('webhooks', WebhookSchema) },
      },
    },
    async ({ query }) => {
      const all = (await store.webhooks.list()).map(webhookBody);
      const { page, next } = listPage(all, query, ({ id }) => id);
      return { webhooks: page, next };
    },
  );
  app.get(
    '/webhooks/:webhook',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'One webhook by its name or id, with the last attempts to tell it',
        params: named,
        response: { 200: WebhookDetailSchema, 404: ProblemSchema },
      },
    },
    async ({ params }) => {
      const webhook = await webhookNamed(services, params.webhook);
      return { ...webhookBody(webhook), deliveries: [...(await store.webhooks.deliveries(webhook.id))] };
    },
  );
  app.post(
    '/webhooks',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Have an address told what happens from now on',
        body: NewWebhookSchema,
        response: { 201: WebhookSchema, 400: ProblemSchema, 403: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) => {
      const by = request.actor?.userName ?? 'ferry-admin';
      return reply.code(201).send(webhookBody(await addWebhook(services, api.webhooks, request.body, by)));
    },
  );
  app.post(
    '/webhooks/:webhook/test',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Send a webhook a message that is of no event, and tell what came of it',
        params: named,
        response: { 200: WebhookDeliverySchema, 404: ProblemSchema },
      },
    },
    async ({ params }) => testWebhook(services, api.webhooks, params.webhook),
  );
  app.delete(
    '/webhooks/:webhook',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Tell a webhook nothing more',
        params: named,
        response: { 200: WebhookSchema, 404: ProblemSchema },
      },
    },
    async ({ params }) => webhookBody(await deleteWebhook(services, params.webhook)),
  );
  return Promise.resolve();
}

function webhookBody(webhook: Webhook): WebhookBody {
  const { nextAttemptMs: _, kinds, ...body } = webhook;
  return { ...body, kinds: [...kinds] };
}
