import { ConsoleSchema, NewConsoleSchema, ProblemSchema } from '@ferry/api';
import { Type } from 'typebox';
import { grantConsole } from '../../operations/consoles/console-grants.ts';
import { takeScreenshot } from '../../operations/consoles/take-screenshot.ts';
import { findInstance } from '../../operations/engine/find-instance.ts';
import { ferry } from '../access/access.ts';
import { consolePagePath, consoleStreamPath } from '../consoles/console-pages.ts';
import { tokenOf } from '../openstack/authenticate.ts';
import type { App, RouteOptions } from '../routing/api.ts';

const named = Type.Object({ instance: Type.String() });

/** What a guest shows: its consoles, and pictures of its screen. Whoever asks for one is in the audit log. */
export function screenRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.post(
    '/instances/:instance/consoles',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'A token that opens the serial console or the screen of an instance for some minutes',
        params: named,
        body: NewConsoleSchema,
        response: {
          201: ConsoleSchema,
          403: ProblemSchema,
          404: ProblemSchema,
          409: ProblemSchema,
          502: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { id } = await findInstance(api.store, request.params.instance);
      const { kind, token, expiresAt } = await grantConsole(
        api,
        id,
        request.body.kind,
        tokenOf(request) ?? '',
      );
      const paths = { streamPath: consoleStreamPath(token), pagePath: consolePagePath(kind, token) };
      return reply.code(201).send({ kind, ...paths, expiresAt });
    },
  );
  app.post(
    '/instances/:instance/screenshot',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: "A picture of the guest's screen, taken by its host (image/png); nothing is kept of it",
        params: named,
      },
    },
    async (request, reply) => {
      const { id } = await findInstance(api.store, request.params.instance);
      const picture = await takeScreenshot(api.services, id);
      return reply.header('content-type', 'image/png').header('cache-control', 'no-store').send(picture);
    },
  );
  return Promise.resolve();
}
