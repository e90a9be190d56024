import { AsyncLocalStorage } from 'node:async_hooks';
import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/** What a line of the log belongs to. */
export interface LogContext {
  /** Of the request that asked for it: the one of the reply (`x-openstack-request-id`). */
  readonly requestId?: string;
  /** The id that the caller gave to what it does by several requests, as OpenStack's services hand it on. */
  readonly globalRequestId?: string;
  readonly operation?: string;
  readonly workflow?: string;
  readonly migration?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Does work whose lines tell what they belong to, beside what those around it belong to. */
export function inLogContext<T>(more: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...more }, work);
}

/** What is being worked for now. */
export function logContext(): LogContext {
  return storage.getStore() ?? {};
}

/** Ids of the span that is being worked for, as trace viewers look for them; nothing where nobody traces. */
function traceContext(): { traceId?: string; spanId?: string } {
  const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
  return traceId === undefined || spanId === undefined ? {} : { traceId, spanId };
}

/**
 * The log of a controller: a JSON object per line, which tells the request, the operation and the migration that it
 * belongs to, whoever writes it.
 */
export function controllerLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    mixin: () => ({ ...logContext(), ...traceContext() }),
    // An error is told by its message and where it came from by either name.
    serializers: { err: stdSerializers.err, error: stdSerializers.err },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
