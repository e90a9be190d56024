import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const outcome = Type.Union([Type.Literal('delivered'), Type.Literal('failed'), Type.Literal('given-up')]);

/** An attempt to tell a webhook of an event. */
export const WebhookDeliverySchema = component(
  'WebhookDelivery',
  Type.Object({
    at: Type.String(),
    event: Type.Integer({ description: 'number of the event; 0: a test' }),
    kind: Type.String(),
    attempt: Type.Integer({ description: 'in a row, from 1' }),
    outcome,
    status: nullable(Type.Integer(), { description: 'of HTTP; null: there was no answer' }),
    durationMs: Type.Integer(),
    reason: nullable(Type.String()),
  }),
);
export type WebhookDeliveryBody = Static<typeof WebhookDeliverySchema>;

const properties = {
  id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  kinds: Type.Array(Type.String(), { description: 'migration.updated, migration.*, or *' }),
  createdAt: Type.String(),
  createdBy: Type.String(),
  sequence: Type.Integer({ description: 'number of the last event that is settled' }),
  failures: Type.Integer({ description: 'attempts in a row that failed' }),
  reason: nullable(Type.String(), { description: 'why the last one failed' }),
};

/** An address that is told what happens. Its secret is never shown. */
export const WebhookSchema = component('Webhook', Type.Object(properties));
export type WebhookBody = Static<typeof WebhookSchema>;

/** The same with the last attempts to tell it, newest first. */
export const WebhookDetailSchema = component(
  'WebhookDetail',
  Type.Object({ ...properties, deliveries: Type.Array(WebhookDeliverySchema) }),
);
export type WebhookDetailBody = Static<typeof WebhookDetailSchema>;

/** A webhook to be made. */
export const NewWebhookSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^/\\s]+$' }),
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    kinds: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 50 }),
    secret: Type.String({ minLength: 1, maxLength: 1024, description: 'what messages are signed with' }),
  },
  { additionalProperties: false },
);
export type NewWebhookBody = Static<typeof NewWebhookSchema>;
