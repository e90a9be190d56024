import type { RequestOptions } from 'node:https';
import type { ClientRequest } from 'node:http';

/**
 * Node's HTTP. An `import` of it asks for each of its exports, and one of them, `WebSocket`, brings a whole other client
 * (undici) that takes more than half of a command's start.
 */
export const http = process.getBuiltinModule('node:http');

/** A request over TLS; `authority`: in PEM, believed beside those that Node knows. TLS is loaded with the first of them. */
export function secureRequest(
  url: URL,
  options: RequestOptions,
  authority: string | undefined,
): ClientRequest {
  const { request } = process.getBuiltinModule('node:https');
  if (authority === undefined) return request(url, options);
  const { rootCertificates } = process.getBuiltinModule('node:tls');
  return request(url, { ...options, ca: [...rootCertificates, authority] });
}
