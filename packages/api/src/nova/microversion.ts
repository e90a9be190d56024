/** Microversions of the compute API that Ferry speaks: 2.1 to this one. */
export const newestMicroversion = 96;

/** The header of the OpenStack APIs, `compute 2.N`, and the older one of Nova alone, `2.N`; the first counts more. */
export const microversionHeaders = ['openstack-api-version', 'x-openstack-nova-api-version'] as const;

/** Which microversion a request asks for. */
export type AskedMicroversion =
  | { readonly kind: 'version'; readonly minor: number }
  | { readonly kind: 'malformed'; readonly text: string }
  | { readonly kind: 'unsupported'; readonly text: string };

/** Reads the version headers; without one it is 2.1. */
export function askedMicroversion(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): AskedMicroversion {
  const [common, older] = microversionHeaders.map((name) => [headers[name]].flat().join(','));
  const text = computeVersion(common ?? '') ?? (older === '' || older === undefined ? null : older.trim());
  if (text === null) return { kind: 'version', minor: 1 };
  if (text === 'latest') return { kind: 'version', minor: newestMicroversion };
  const [, major, minor] = /^([1-9]\d*)\.([1-9]\d*|0)$/.exec(text) ?? [];
  if (major === undefined) return { kind: 'malformed', text };
  const asked = Number(minor);
  if (major !== '2' || asked < 1 || asked > newestMicroversion) return { kind: 'unsupported', text };
  return { kind: 'version', minor: asked };
}

/** One header can name the versions of several services. */
function computeVersion(header: string): string | null {
  for (const part of header.split(',')) {
    const [service, version, ...rest] = part.trim().split(/\s+/);
    if (service?.toLowerCase() === 'compute') return [version ?? '', ...rest].join(' ');
  }
  return null;
}

/** What the compute API refuses with: the status, and the name under which the body tells it. */
const faultNames = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  406: 'computeFault',
  408: 'computeFault',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  500: 'computeFault',
  501: 'notImplemented',
  502: 'computeFault',
  503: 'serviceUnavailable',
} as const;

export type NovaFaultStatus = keyof typeof faultNames;

/** The body of a refusal, as Nova's: `{"badRequest": {"code": 400, "message": …}}`. */
export function novaFaultBody(
  status: NovaFaultStatus,
  message: string,
): Record<string, { code: number; message: string }> {
  return { [faultNames[status]]: { code: status, message } };
}

/** The status that a refusal with this one is told with; what Nova has no word for is a fault of the server. */
export function novaFaultStatus(status: number): NovaFaultStatus {
  return status in faultNames ? (status as NovaFaultStatus) : status < 500 ? 400 : 500;
}
