import type { IncomingMessage } from 'node:http';
import { withoutProject } from './project-in-path.ts';

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
