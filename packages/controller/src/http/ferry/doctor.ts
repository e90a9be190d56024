import { DiagnosisSchema, DoctorRequestSchema, ProblemSchema } from '@ferry/api';
import { runDoctor } from '../../operations/doctor/run-doctor.ts';
import { ferry } from '../access/access.ts';
import { readTime } from '../routing/read-time.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';

/** What is found at hosts and on the ways between them. */
export function doctorRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.post(
    '/doctor',
    {
      config: { access: ferry('operator'), audit: false },
      schema: {
        summary: 'Look at hosts and the ways between them, and say what is wrong; changes nothing',
        body: DoctorRequestSchema,
        response: { 200: DiagnosisSchema, 404: ProblemSchema },
      },
    },
    async ({ body: { hosts = [], at, measure = false } }) => {
      const when = at === undefined ? null : readTime('at', at);
      return structuredClone(await runDoctor(api.services, { hosts, at: when, measure })) as never;
    },
  );
  return Promise.resolve();
}
