import {
  type BalancerBody,
  balancerName,
  BalancerSchema,
  ProblemSchema,
  SetBalancerSchema,
} from '@ferry/api';
import type { Balancer } from '@ferry/model';
import { Type } from 'typebox';
import { balancerNamed, deleteBalancer, setBalancer } from '../../operations/plans/balancers.ts';
import { ferry } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';

const named = Type.Object({ balancer: balancerName });
const answers = { 200: BalancerSchema, 400: ProblemSchema, 404: ProblemSchema } as const;

/** What evens out loads by itself: list, show, set, delete. */
export function balancerRoutes(app: App, { api: { services, store } }: RouteOptions): Promise<void> {
  app.get(
    '/balancers',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All balancers, by name',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('balancers', BalancerSchema) },
      },
    },
    async ({ query }) => {
      const all = (await store.balancers.list()).map(bodyOf);
      const { page, next } = listPage(all, query, ({ name }) => name);
      return { balancers: page, next };
    },
  );
  app.get(
    '/balancers/:balancer',
    {
      config: { access: ferry('reader') },
      schema: { summary: 'One balancer, with what came of its last look', params: named, response: answers },
    },
    async ({ params }) => bodyOf(await balancerNamed(services, params.balancer)),
  );
  app.put(
    '/balancers/:balancer',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Set a balancer; what is not given stays as it was, and it looks at once',
        params: named,
        body: SetBalancerSchema,
        response: answers,
      },
    },
    async ({ params, body }) => bodyOf(await setBalancer(services, params.balancer, body)),
  );
  app.delete(
    '/balancers/:balancer',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Delete a balancer; plans that it made stay',
        params: named,
        response: answers,
      },
    },
    async ({ params }) => bodyOf(await deleteBalancer(services, params.balancer)),
  );
  return Promise.resolve();
}

function bodyOf({ name, settings, last, dueAt }: Balancer): BalancerBody {
  return {
    name,
    ...settings,
    groups: [...settings.groups],
    dueAt: settings.mode === 'off' ? null : dueAt,
    last: last === null ? null : { ...last },
  };
}
