import { trace, type Tracer } from '@opentelemetry/api';

/**
 * Who makes spans. It makes none unless the process was started with an SDK of OpenTelemetry beside it; asked for each time,
 * as that may come later.
 */
export function tracer(): Tracer {
  return trace.getTracer('ferry', version);
}

/** Of Ferry. */
export const version = '0.1.0';
