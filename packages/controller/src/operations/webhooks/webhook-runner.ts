import { randomUUID } from 'node:crypto';
import {
  isFor,
  retryPauseMs,
  type Webhook,
  type WebhookDelivery,
  type WebhookRules,
  webhookRules,
} from '@ferry/model';
import type { StoredEvent } from '../../store/operations/event-store.ts';
import type { Services } from '../engine/services.ts';
import { RefusedAddresses, sendWebhook, type Sent } from './send-webhook.ts';

/** How a controller tells webhooks. */
export interface WebhookSettings {
  readonly rules: WebhookRules;
  /** Addresses and networks that are allowed though they are refused else. */
  readonly allowed: readonly string[];
}

export const defaultWebhookSettings: WebhookSettings = { rules: webhookRules, allowed: [] };

/** Events of one webhook that one round tells; the next round goes on. */
const eventsEachRound = 200;
/** A lock of a controller that is gone is another's after so many deadlines. */
const lockDeadlines = 3;

/**
 * Tells webhooks what happened: each the events that it is for, one after the other in their order, until it has taken
 * them. How far each is stands in its row, so that whoever looks next, here or at another controller, goes on from there;
 * a lock has one controller at a time tell one. A crash between an answer and that row has an event told again.
 */
export class WebhookRunner {
  readonly refused: RefusedAddresses;
  readonly #services: Services;
  readonly #rules: WebhookRules;
  readonly #holder = randomUUID();
  readonly #stop = new AbortController();
  readonly #busy = new Map<string, Promise<void>>();

  constructor(services: Services, settings: WebhookSettings = defaultWebhookSettings) {
    this.#services = services;
    this.#rules = settings.rules;
    this.refused = new RefusedAddresses(settings.allowed);
  }

  /** Begins to tell those that are to be told and are not being told. One that is slow holds up no other. */
  async round(): Promise<void> {
    const { store, log } = this.#services;
    const due = await store.webhooks.due(await store.events.last());
    for (const webhook of due) {
      if (this.#busy.has(webhook.id) || this.#stop.signal.aborted) continue;
      const telling = this.#alone(webhook)
        .catch((error: unknown) => {
          if (!this.#stop.signal.aborted)
            log.error({ err: error, webhook: webhook.id }, 'a webhook could not be told; it is tried again');
        })
        .finally(() => this.#busy.delete(webhook.id));
      this.#busy.set(webhook.id, telling);
    }
  }

  /** Stops; what was being sent is sent again by whoever starts next. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#busy.values());
  }

  /** Sends a message that is of no event. */
  async test(webhook: Webhook): Promise<WebhookDelivery> {
    const { store } = this.#services;
    const at = store.now();
    const message = `a test of the webhook ${webhook.name}`;
    const event = { sequence: 0, at, kind: 'webhook.test', subjectId: webhook.id, message };
    const delivery = await this.#attempt(webhook, event, `test-${randomUUID()}`, 1);
    if (delivery === null) throw new Error(`the webhook ${webhook.name} was deleted meanwhile`);
    await store.webhooks.record(webhook.id, delivery);
    return delivery;
  }

  async #alone({ id }: Webhook): Promise<void> {
    const { locks } = this.#services.store;
    const key = `webhook ${id}`;
    const leaseMs = this.#rules.deadlineMs * lockDeadlines;
    if ((await locks.take(key, this.#holder, 'another controller', leaseMs)) !== null) return;
    try {
      await this.#tell(id, () => locks.renew(key, this.#holder, leaseMs));
    } finally {
      await locks.release(key, this.#holder);
    }
  }

  async #tell(id: string, renew: () => Promise<boolean>): Promise<void> {
    const { store } = this.#services;
    let webhook = await store.webhooks.byId(id);
    if (webhook === null) return;
    const events = (await store.events.after(webhook.sequence)).slice(0, eventsEachRound);
    for (const event of events) {
      if (this.#stop.signal.aborted || !(await renew())) return;
      const goesOn = !isFor(webhook.kinds, event.kind) || (await this.#deliver(webhook, event));
      if (!goesOn || !(await store.webhooks.settle(webhook, event.sequence))) return;
      webhook = { ...webhook, sequence: event.sequence, failures: 0 };
    }
  }

  /** Tells it of one event; whether that is settled: taken, or given up. */
  async #deliver(webhook: Webhook, event: StoredEvent): Promise<boolean> {
    const { store, log } = this.#services;
    const delivery = await this.#attempt(webhook, event, `event-${event.sequence}`, webhook.failures + 1);
    if (delivery === null || this.#stop.signal.aborted) return false;
    await store.webhooks.record(webhook.id, delivery);
    const { outcome, reason, attempt } = delivery;
    if (outcome === 'failed') {
      const pauseMs = retryPauseMs(this.#rules, attempt);
      await store.webhooks.fail(webhook, { failures: attempt, reason: reason ?? '', pauseMs });
      log.warn({ webhook: webhook.id, name: webhook.name, reason, attempt }, 'a webhook could not be told');
    }
    if (outcome === 'given-up')
      log.error(
        { webhook: webhook.id, name: webhook.name, reason, event: event.sequence },
        'an event is not told to a webhook any more',
      );
    return outcome !== 'failed';
  }

  /** Null: it is gone. */
  async #attempt(
    webhook: Webhook,
    event: StoredEvent,
    id: string,
    attempt: number,
  ): Promise<WebhookDelivery | null> {
    const { store, metrics } = this.#services;
    const secret = await store.webhooks.secretOf(webhook.id);
    if (secret === null) return null;
    const begun = performance.now();
    const { url } = webhook;
    const { deadlineMs, givenUpAfterMs } = this.#rules;
    const sent: Sent = await sendWebhook({
      url,
      secret,
      message: { id, ...event },
      now: new Date(store.now()),
      deadlineMs,
      refused: this.refused,
      signal: this.#stop.signal,
    });
    const isOld = Date.parse(store.now()) - Date.parse(event.at) > givenUpAfterMs;
    const outcome = sent.reason === null ? 'delivered' : isOld ? 'given-up' : 'failed';
    metrics?.count('ferry_webhook_attempts_total', { outcome });
    return {
      at: store.now(),
      event: event.sequence,
      kind: event.kind,
      attempt,
      outcome,
      status: sent.status,
      durationMs: Math.round(performance.now() - begun),
      reason: sent.reason,
    };
  }
}
