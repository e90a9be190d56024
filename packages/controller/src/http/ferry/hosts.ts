import {
  AddHostSchema,
  CertificateRequestsSchema,
  ConfiguredSchema,
  ConfigureHostSchema,
  FenceHostSchema,
  HostDetailSchema,
  HostFilterSchema,
  HostSchema,
  ProblemSchema,
  RequestCertificatesSchema,
  SetHostSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { filteredQuery, listPage, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { addHost, hostBody, hostWithActions, onHosts, showHost } from '../../operations/hosts/add-host.ts';
import { requestCertificates } from '../../operations/configure/certificate-requests.ts';
import { configureHost } from '../../operations/configure/configure-host.ts';
import { fenceHost } from '../../operations/hosts/fence-host.ts';
import { removeHost } from '../../operations/hosts/remove-host.ts';
import { setHost } from '../../operations/hosts/set-host.ts';
import { hostsThatFit } from './ferry-lists.ts';

/** Hosts: list, show with what they run, add. */
export function hostRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/hosts',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All hosts',
        querystring: filteredQuery(HostFilterSchema),
        response: { 200: pageSchema('hosts', HostSchema) },
      },
    },
    async ({ query: { limit, marker, ...filter } }) => {
      const { page, next } = listPage(
        await hostsThatFit(api.store, await api.store.hosts.list(), filter),
        { limit, marker },
        ({ id }) => id,
      );
      const recorded = await onHosts(api.services);
      const zones = await api.store.creations.zones();
      const hosts = page.map((host) => ({
        ...hostWithActions(host, recorded),
        zone: zones.of(host.id),
        recorded: recorded.uses.get(host.id) ?? { instances: 0, migrations: 0 },
      }));
      return { hosts, next };
    },
  );
  app.get(
    '/hosts/:host',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One host and what runs on it',
        params: Type.Object({ host: Type.String() }),
        response: { 200: HostDetailSchema, 404: ProblemSchema },
      },
    },
    (request) => showHost(api.services, request.params.host),
  );
  app.post(
    '/hosts',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Take in a plain libvirt host as it is',
        body: AddHostSchema,
        response: { 200: HostDetailSchema, 201: HostDetailSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    async ({ body }, reply) =>
      reply.code(body.dryRun === true ? 200 : 201).send(await addHost(api.services, body)),
  );
  app.patch(
    '/hosts/:host',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Set what an operator knows of a host',
        params: Type.Object({ host: Type.String() }),
        body: SetHostSchema,
        response: { 200: HostSchema, 404: ProblemSchema },
      },
    },
    async ({ params, body, actor }) =>
      hostBody(await setHost(api.services, params.host, body, actor?.userName)),
  );
  app.delete(
    '/hosts/:host',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Look after a host no more; nothing on it is touched',
        params: Type.Object({ host: Type.String() }),
        response: { 200: HostSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request) => hostBody(await removeHost(api.services, request.params.host)),
  );
  app.post(
    '/hosts/:host/configure',
    {
      config: { access: ferry('admin') },
      schema: {
        summary:
          'Give a host certificates and have its libvirtd reached by others, or say what that would take',
        params: Type.Object({ host: Type.String() }),
        body: ConfigureHostSchema,
        response: { 200: ConfiguredSchema, 404: ProblemSchema, 502: ProblemSchema },
      },
    },
    async ({ params, body }) => {
      const {
        transport,
        rotate = false,
        replaceAuthority = false,
        dryRun = false,
        certificates = null,
      } = body;
      const wanted = { transport, rotate, replaceAuthority, dryRun, certificates };
      return structuredClone(await configureHost(api.services, params.host, wanted)) as never;
    },
  );
  app.post(
    '/hosts/:host/certificate-requests',
    {
      config: { access: ferry('admin') },
      schema: {
        summary:
          "Make keys on a host, which stay there, and requests of certificates for an authority of one's own",
        params: Type.Object({ host: Type.String() }),
        body: RequestCertificatesSchema,
        response: { 200: CertificateRequestsSchema, 404: ProblemSchema, 502: ProblemSchema },
      },
    },
    async ({ params, body: { anew = false } }) =>
      structuredClone(await requestCertificates(api.services, params.host, anew)) as never,
  );
  app.post(
    '/hosts/:host/fence',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Have a host that does not answer powered off by the hook, or say that it is off',
        params: Type.Object({ host: Type.String() }),
        body: FenceHostSchema,
        response: { 200: HostSchema, 404: ProblemSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    async ({ params, body: { poweredOff = false } }) =>
      hostBody(await fenceHost(api.services, params.host, { poweredOff })),
  );
  return Promise.resolve();
}
