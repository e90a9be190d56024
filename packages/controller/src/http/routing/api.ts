import type { Actor, KnownCallers } from '../../operations/identity/known-callers.ts';
import type { OperationRunner } from '../../operations/engine/operation-runner.ts';
import type { ControllerMetrics } from '../../observe/controller-metrics.ts';
import type { Readiness } from '../../observe/readiness.ts';
import type { Services } from '../../operations/engine/services.ts';
import type { WebhookRunner } from '../../operations/webhooks/webhook-runner.ts';
import type { Store } from '../../store/store.ts';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

export type { Actor };

/** What all routes work with: they call operations, read the store, and start what was accepted. */
export interface Api extends KnownCallers {
  readonly services: Services;
  /** That of the services. */
  readonly store: Store;
  readonly metrics: ControllerMetrics;
  readonly readiness: Readiness;
  readonly webhooks: WebhookRunner;
  readonly runner: Pick<OperationRunner, 'runningCount'>;
  readonly about: { readonly version: string; readonly startedAt: string };
  /** Carries out an operation by its id, once it is accepted; null: nothing is to be carried out. */
  start(accepted: string | Promise<string | null>): Promise<void>;
}

/** The same with the parts as the controller has them. */
export function apiOf(
  services: Services,
  { metrics, readiness, webhooks }: Pick<Api, 'metrics' | 'readiness' | 'webhooks'>,
  runner: OperationRunner,
  about: Api['about'],
  callers: KnownCallers,
): Api {
  return {
    ...callers,
    services,
    store: services.store,
    metrics,
    readiness,
    webhooks,
    runner,
    about,
    start: async (accepted) => {
      const id = await accepted;
      if (id !== null) runner.start(id);
    },
  };
}

/** What each file of routes gets. */
export interface RouteOptions {
  readonly api: Api;
}

/** Fastify with the schemas' types. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
