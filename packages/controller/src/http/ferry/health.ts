import {
  HealthSchema,
  ReadinessSchema,
  DiagnosisSchema,
  DoctorRequestSchema,
  FixRequestSchema,
  FixResultSchema,
  KeptDiagnosisSchema,
  ProblemSchema,
} from '@ferry/api';
import { everybody, ferry } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { fixFindings } from '../../operations/doctor/fix-findings.ts';
import { keptDiagnosis } from '../../operations/doctor/kept-diagnosis.ts';
import { runDoctor } from '../../operations/doctor/run-doctor.ts';
import { readTime } from '../routing/read-time.ts';

/** Whether the controller works, for people and for load balancers; needs no token. */
export function healthRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/health',
    {
      config: { access: everybody },
      schema: { summary: 'Whether the controller works', response: { 200: HealthSchema } },
    },
    async () => {
      const hosts = await api.store.hosts.list();
      const hostsUp = hosts.filter((host) => host.service.state === 'up').length;
      return {
        status: 'ok' as const,
        ...api.about,
        runningOperations: api.runner.runningCount,
        hostsUp,
        hostsDown: hosts.length - hostsUp,
      };
    },
  );
  app.get(
    '/ready',
    {
      config: { access: everybody },
      schema: {
        summary: 'Whether the controller can do its work, part by part; 503 while one cannot',
        response: { 200: ReadinessSchema, 503: ReadinessSchema },
      },
    },
    async (_request, reply) => {
      const parts = (await api.readiness.state()).map(({ part, reason }) => ({
        part,
        ready: reason === null,
        reason,
      }));
      const ready = parts.every((one) => one.ready);
      return reply.code(ready ? 200 : 503).send({ ready, parts });
    },
  );
  return Promise.resolve();
}

/** What is found at hosts and on the ways between them. */
export function doctorRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/doctor',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'What was found last at hosts and on the ways between them, whoever looked; asks no host',
        response: { 200: KeptDiagnosisSchema },
      },
    },
    async () => structuredClone(await keptDiagnosis(api.services)) as never,
  );
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
  app.post(
    '/doctor/fix',
    {
      config: { access: ferry('admin') },
      schema: {
        summary:
          'Mend what the doctor finds and a shell on the host can mend, and look again; or say what that would do. Its progress is told by events of the hosts',
        body: FixRequestSchema,
        response: { 200: FixResultSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async ({ body: { hosts = [], dryRun = false, plan = null } }) =>
      structuredClone(await fixFindings(api.services, { hosts, dryRun, plan })) as never,
  );
  return Promise.resolve();
}
