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
