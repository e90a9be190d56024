import type { IncomingMessage } from 'node:http';

/** Ids of projects: Keystone's 32 hexadecimal digits, or a UUID. */
const withProject = /^(\/v2\.1)\/([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=[/?]|$)/i;

/** The same address without the id of a project, which clients of before 2.18 put in: `/v2.1/ID/servers`. */
function withoutProject(url: string): string {
  return url.replace(withProject, '$1');
}

/** The id of a project that an address names; null when it names none. */
export function projectInPath(url: string): string | null {
  return withProject.exec(url)?.[2] ?? null;
}

/** Of Nova's first API, which its second one answers as 2.1: it has no microversions. The page of its version is its own. */
const ofFirstApi = /^\/v2(?=\/[^?])/;

/** The address of the page that a request is for: without the id of a project, and of `/v2` that of `/v2.1`. */
export function askedPage(request: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const { url = '/', headers } = request;
  if (!ofFirstApi.test(url)) return withoutProject(url);
  delete headers['openstack-api-version'];
  delete headers['x-openstack-nova-api-version'];
  return withoutProject(url.replace(ofFirstApi, '/v2.1'));
}
