import { AuditRecordSchema, ProblemSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { readTime } from '../routing/read-time.ts';
import type { App, RouteOptions } from '../routing/api.ts';

const defaultPage = 100;
const longestPage = 1_000;
const number = (description: string) => Type.String({ pattern: '^[0-9]{1,15}$', description });
const time = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
    description: `${description}, UTC: 2030-01-31T12:00:00Z`,
  });

/** The audit log, for administrators. It has no route that changes it. */
export function auditRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/audit',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Who did what to what, from where and with which result',
        querystring: Type.Object(
          {
            since: Type.Optional(time('from this time on')),
            until: Type.Optional(time('before this time')),
            user: Type.Optional(Type.String({ description: 'name or id' })),
            action: Type.Optional(
              Type.String({ description: 'identity:users.create, compute:servers.os-start' }),
            ),
            target: Type.Optional(Type.String({ description: 'a name or id that the request named' })),
            before: Type.Optional(number('the page before this sequence number, newest first')),
            after: Type.Optional(number('the page after this sequence number, oldest first')),
            limit: Type.Optional(
              number(`records of a page, ${defaultPage} unless said, ${longestPage} at most`),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ records: Type.Array(AuditRecordSchema) }), 403: ProblemSchema },
      },
    },
    async ({ query }) => {
      const { before, after, limit, since, until, ...rest } = query;
      const records = await api.store.audit.page({
        ...rest,
        since: since === undefined ? undefined : readTime('since', since),
        until: until === undefined ? undefined : readTime('until', until),
        before: before === undefined ? undefined : Number(before),
        after: after === undefined ? undefined : Number(after),
        limit: Math.min(Math.max(1, Number(limit ?? defaultPage)), longestPage),
      });
      return { records: [...records] };
    },
  );
  return Promise.resolve();
}
