import type { WebhookBody, WebhookDeliveryBody, WebhookDetailBody } from '@ferry/api';
import { formatFields, formatTable } from './table.ts';

/** All webhooks, one a line. */
export function formatWebhooks(webhooks: readonly WebhookBody[]): string {
  if (webhooks.length === 0) return 'There is no webhook; make one with `ferry webhook add URL`.';
  return formatTable(
    [{ heading: 'NAME' }, { heading: 'URL' }, { heading: 'EVENTS' }, { heading: 'STATE' }],
    webhooks.map((one) => [one.name, one.url, one.kinds.join(','), stateOf(one)]),
  );
}

/** One webhook, with the last attempts to tell it. */
export function formatWebhook(webhook: WebhookBody | WebhookDetailBody): string {
  const fields = formatFields([
    ['webhook', webhook.name],
    ['id', webhook.id],
    ['url', webhook.url],
    ['events', webhook.kinds.join(', ')],
    ['made', `${webhook.createdAt} by ${webhook.createdBy}`],
    ['state', stateOf(webhook)],
  ]);
  if (!('deliveries' in webhook) || webhook.deliveries.length === 0) return fields;
  const deliveries = formatTable(
    [
      { heading: 'AT' },
      { heading: 'EVENT', align: 'right' },
      { heading: 'KIND' },
      { heading: 'ATTEMPT', align: 'right' },
      { heading: 'OUTCOME' },
    ],
    webhook.deliveries.map((one) => [
      one.at,
      one.event === 0 ? 'test' : String(one.event),
      one.kind,
      String(one.attempt),
      outcomeOf(one),
    ]),
  );
  return `${fields}\n\n${deliveries}`;
}

/** What came of an attempt, in a line. */
export function outcomeOf({ outcome, status, reason, durationMs }: WebhookDeliveryBody): string {
  const answer = status === null ? '' : ` (${status})`;
  return outcome === 'delivered'
    ? `delivered${answer} in ${durationMs} ms`
    : `${outcome === 'given-up' ? 'given up' : 'failed'}: ${reason ?? 'no reason was told'}`;
}

function stateOf({ failures, reason }: WebhookBody): string {
  if (failures === 0) return 'ok';
  return `failed ${failures} times in a row: ${reason ?? ''}`;
}
