import type { FastifyRequest } from 'fastify';
import { publicUrl } from '../openstack/public-url.ts';

/** The address of the identity API as the caller reached it, `http://host:port/identity/v3`, for links. */
export function identityUrl(request: FastifyRequest): string {
  return `${publicUrl(request)}/identity/v3`;
}
