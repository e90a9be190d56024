import {
  ForecastErrorsSchema,
  ForecastFilterSchema,
  ForecastReportSchema,
  MemoryProfileSchema,
  MoveSchema,
  ProblemSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import type { App, RouteOptions } from './route-options.ts';

const named = Type.Object({ instance: Type.String() });

/** Forecasts of live migrations: make one, how good they were, how busy an instance is. */
export function forecastRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.post(
    '/instances/:instance/forecast',
    {
      config: { access: ferry('operator'), audit: false },
      schema: {
        summary:
          'What would become of this live migration? Measures the guest, which takes 18 s, and moves nothing',
        params: named,
        body: MoveSchema,
        response: {
          200: ForecastReportSchema,
          400: ProblemSchema,
          404: ProblemSchema,
          409: ProblemSchema,
          502: ProblemSchema,
        },
      },
    },
    (request) => controls.forecast(request.role, request.params.instance, request.body),
  );
  app.get(
    '/instances/:instance/memory-profile',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'How busy the memory of an instance was, by the hour of the day, as far as it was measured',
        params: named,
        response: { 200: MemoryProfileSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.memoryProfile(request.params.instance),
  );
  app.get(
    '/forecasts/errors',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'How far forecasts were from what came of their migrations, the newest 500 that ended',
        querystring: ForecastFilterSchema,
        response: { 200: ForecastErrorsSchema, 400: ProblemSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.forecastErrors(request.query),
  );
  return Promise.resolve();
}
