import type { FastifyRequest } from 'fastify';

/**
 * The address by which the caller reached Ferry, `http://host:port`, for links and the catalog: what the operator said,
 * or a proxy does that is named (`--trusted-proxy`), or else the request's own `Host`.
 */
export function publicUrl(request: FastifyRequest): string {
  const { publicUrl: said, proxies } = request.server.place;
  if (said !== null) return said.replace(/\/+$/, '');
  const told = proxies.brought(request.raw) ? request.headers : {};
  const protocol = first(told['x-forwarded-proto']) ?? request.protocol;
  const host = first(told['x-forwarded-host']) ?? request.headers.host ?? 'localhost';
  return `${protocol}://${host}`;
}

function first(header: string | string[] | undefined): string | undefined {
  const [value] = [header].flat();
  const text = value?.split(',')[0]?.trim();
  return text === '' ? undefined : text;
}
