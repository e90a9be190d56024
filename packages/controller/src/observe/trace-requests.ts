import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { tracer } from './tracer.ts';

/** One request as a span, and what is done for it as what is below it. */
export interface RequestSpan {
  readonly context: Context;
  /** It was answered. */
  end(status: number): void;
}

/**
 * Begins the span of a request, below that of its caller where its headings name one (`traceparent`). `route`: as declared;
 * addresses are the askers' to make up.
 */
export function beginRequestSpan(request: {
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, unknown>>;
}): RequestSpan {
  const { method, route, requestId, headers } = request;
  const caller = propagation.extract(context.active(), headers);
  const attributes = { 'http.request.method': method, 'http.route': route, 'ferry.request.id': requestId };
  const span: Span = tracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, caller);
  return {
    context: trace.setSpan(caller, span),
    end: (status) => {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
