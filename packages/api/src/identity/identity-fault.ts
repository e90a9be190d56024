/** What the identity API refuses with, and the title that the body has, as Keystone's. */
const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const;

export type IdentityFaultStatus = keyof typeof titles;

/** The body of a refusal of the identity API. */
export interface IdentityFaultBody {
  readonly error: { readonly code: number; readonly title: string; readonly message: string };
}

export function identityFaultBody(status: IdentityFaultStatus, message: string): IdentityFaultBody {
  return { error: { code: status, message, title: titles[status] } };
}

/** The status that a refusal with this one is told with. */
export function identityFaultStatus(status: number): IdentityFaultStatus {
  return status in titles ? (status as IdentityFaultStatus) : status < 500 ? 400 : 500;
}
