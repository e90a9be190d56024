import type { LogEntry, LogRecord } from '@ferry/workflow';
import {
  type Context,
  context,
  isSpanContextValid,
  type Link,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

/**
 * Who makes spans. It makes none unless the process was started with an SDK of OpenTelemetry beside it; asked for each time,
 * as that may come later.
 */
function tracer(): Tracer {
  return trace.getTracer('ferry', version);
}

/** Of Ferry. */
export const version = '0.1.0';

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

/** Where it is kept by which span an operation was carried on last: after a crash nobody else knows. */
interface TraceMemory {
  /** `traceparent` of W3C Trace Context; null: by none. */
  read(): Promise<string | null>;
  write(traceParent: string): Promise<void>;
}

/** What the span of an operation says. */
interface TracedOperation {
  readonly id: string;
  readonly workflow: string;
  readonly how: 'run' | 'recover' | 'resume';
  readonly migration: string | null;
}

/** One run of an operation as a span, with a span for each step and each undo. */
export class OperationTrace {
  readonly #span: Span;
  readonly #open = new Map<string, Span>();

  private constructor(span: Span) {
    this.#span = span;
  }

  /**
   * Begins it: below the request that asked for it where that goes on, else as one of its own. It is linked to the run before,
   * whose span nobody may have ended.
   */
  static async begin(operation: TracedOperation, memory: TraceMemory): Promise<OperationTrace> {
    const { id, workflow, how, migration } = operation;
    const span = tracer().startSpan(`operation ${workflow}`, {
      attributes: {
        'ferry.operation.id': id,
        'ferry.operation.workflow': workflow,
        'ferry.operation.how': how,
        ...(migration === null ? {} : { 'ferry.migration.id': migration }),
      },
    });
    const own = span.spanContext();
    if (span.isRecording() && isSpanContextValid(own)) {
      const before = linkTo(await memory.read());
      if (before !== null) span.addLink(before);
      await memory.write(traceParentOf(own));
    }
    return new OperationTrace(span);
  }

  /** Carries it on, so that whatever is done for it is below its span. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await context.with(trace.setSpan(context.active(), this.#span), work);
    } catch (error) {
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      for (const step of this.#open.values()) step.end();
      this.#span.end();
    }
  }

  /** A record was written into its log. */
  record({ entry }: Pick<LogRecord, 'entry'>): void {
    switch (entry.kind) {
      case 'step-started':
        return this.#begin(`step ${entry.step}`, entry);
      case 'undo-started':
        return this.#begin(`undo ${entry.step}`, entry);
      case 'step-succeeded':
        return this.#end(`step ${entry.step}`);
      case 'undo-finished':
        return this.#end(`undo ${entry.step}`);
      case 'step-failed':
        return this.#end(`step ${entry.step}`, entry);
      case 'undo-failed':
        return this.#end(`undo ${entry.step}`, entry);
      case 'operation-finished':
        this.#span.setAttribute('ferry.operation.result', entry.result);
        if (entry.result === 'undone') this.#span.setStatus({ code: SpanStatusCode.ERROR });
        return undefined;
      default:
        return undefined;
    }
  }

  #begin(name: string, { step, attempt }: { readonly step: string; readonly attempt: number }): void {
    const attributes = { 'ferry.step': step, 'ferry.step.attempt': attempt };
    const below = trace.setSpan(context.active(), this.#span);
    this.#open.get(name)?.end();
    this.#open.set(name, tracer().startSpan(name, { attributes }, below));
  }

  #end(name: string, failed?: Extract<LogEntry, { kind: 'step-failed' | 'undo-failed' }>): void {
    const span = this.#open.get(name);
    if (failed !== undefined) {
      span?.setAttributes({ 'ferry.failure.code': failed.failure.code, 'ferry.failure.next': failed.next });
      span?.setStatus({ code: SpanStatusCode.ERROR, message: failed.failure.message });
    }
    span?.end();
    this.#open.delete(name);
  }
}

const sampled = 1;

/** W3C Trace Context, 3.2: version, trace, span, flags. */
function traceParentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & sampled}`;
}

/** A link to what `traceParentOf` gave; null for anything else. */
function linkTo(traceParent: string | null): Link | null {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])$/.exec(traceParent ?? '');
  const [, traceId = '', spanId = '', flags = '0'] = match ?? [];
  const before = { traceId, spanId, traceFlags: Number(flags), isRemote: true };
  return isSpanContextValid(before) ? { context: before } : null;
}
