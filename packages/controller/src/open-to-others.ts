import type { ControllerOptions } from './controller-options.ts';

/** Whether an address to listen on is open to other machines. */
export function isForOthers(host: string): boolean {
  return !/^(?:localhost|127\.[0-9.]+|::1)$/.test(host);
}

/** Others than this machine reach the APIs by plain HTTP, and nobody said that TLS ends before (a public URL of https). */
export function isInTheClear({
  listen,
  tls = null,
  publicUrl = null,
}: Pick<ControllerOptions, 'listen' | 'tls' | 'publicUrl'>): boolean {
  if (listen === null || tls !== null) return false;
  return isForOthers(listen.host) && publicUrl?.startsWith('https:') !== true;
}
