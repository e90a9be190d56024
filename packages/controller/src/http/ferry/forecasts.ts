import {
  type MemoryProfileBody,
  ForecastErrorsSchema,
  ForecastFilterSchema,
  ForecastReportSchema,
  MemoryProfileSchema,
  MoveSchema,
  ProblemSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { describeForecast, forecastErrors, ratesByHour } from '@ferry/model';
import { findInstance } from '../../operations/engine/find-instance.ts';
import { forecastInstance } from '../../operations/forecast/forecast-instance.ts';
import { ferry } from '../access/access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { requestOf } from './instances.ts';
import { forecastBody } from './views/instance-view.ts';

/** So many that have ended are reported on: newer ones tell more of what forecasts are worth now. */
const maxReported = 500;
const named = Type.Object({ instance: Type.String() });

/** Forecasts of live migrations: make one, how good they were, how busy an instance is. */
export function forecastRoutes(app: App, { api }: RouteOptions): Promise<void> {
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
    async ({ role, params, body }) => {
      const report = await forecastInstance(
        api.services,
        role,
        params.instance,
        await requestOf(api.services, body),
      );
      const summary = describeForecast(report.forecast);
      return { ...report, forecast: forecastBody(report.forecast), summary };
    },
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
    ({ params }) => memoryProfile(api, params.instance),
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
    async ({ query: { instance } }) => {
      const id = instance === undefined ? null : (await findInstance(api.store, instance)).id;
      const records = await api.store.forecasts.ended(id, maxReported);
      return { migrations: records.length, ends: forecastErrors(records) };
    },
  );
  return Promise.resolve();
}

/** How busy an instance is by the hour, as far as it was measured. */
async function memoryProfile({ store }: Api, name: string): Promise<MemoryProfileBody> {
  const { id, name: instance } = await findInstance(store, name);
  const all = await store.measurements.of(id);
  return { instance, measurements: all.length, latest: all[0]?.at ?? null, hours: ratesByHour(all) };
}
