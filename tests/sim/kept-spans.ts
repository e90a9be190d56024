import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';

/** A span as a test sees it. */
export interface KeptSpan {
  readonly name: string;
  readonly context: SpanContext;
  readonly parent: SpanContext | null;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly isError: boolean;
  readonly hasEnded: boolean;
}

/** What an SDK of OpenTelemetry does for a process, in memory: it is taken back with `using`. */
export class KeptSpans implements Disposable {
  readonly #spans: InMemorySpan[] = [];

  constructor() {
    const tracer: Tracer = {
      startSpan: (name: string, options: SpanOptions = {}, below: Context = context.active()) =>
        this.#begin(name, options, below),
      startActiveSpan: () => {
        throw new Error('nobody asks for this');
      },
    };
    context.setGlobalContextManager(contexts());
    propagation.setGlobalPropagator(traceContext);
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
  }

  [Symbol.dispose](): void {
    trace.disable();
    propagation.disable();
    context.disable();
  }

  get all(): readonly KeptSpan[] {
    return this.#spans;
  }

  /** Those that are below a span. */
  below({ context: { spanId } }: KeptSpan): KeptSpan[] {
    return this.#spans.filter(({ parent }) => parent?.spanId === spanId);
  }

  #begin(name: string, { attributes = {}, links = [] }: SpanOptions, below: Context): Span {
    const parent = trace.getSpanContext(below) ?? null;
    const span = new InMemorySpan(name, parent, { ...attributes }, [...links]);
    this.#spans.push(span);
    return span;
  }
}

class InMemorySpan implements Span, KeptSpan {
  readonly name: string;
  readonly parent: SpanContext | null;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly context: SpanContext;
  isError = false;
  hasEnded = false;

  constructor(name: string, parent: SpanContext | null, attributes: Attributes, links: Link[]) {
    this.name = name;
    this.parent = parent;
    this.attributes = attributes;
    this.links = links;
    this.context = {
      traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      traceFlags: TraceFlags.SAMPLED,
    };
  }

  spanContext(): SpanContext {
    return this.context;
  }

  setAttribute(key: string, value: Attributes[string]): this {
    return this.setAttributes({ [key]: value });
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.attributes, attributes);
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(link: Link): this {
    this.links.push(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.links.push(...links);
    return this;
  }

  setStatus({ code }: { readonly code: SpanStatusCode }): this {
    this.isError = code === SpanStatusCode.ERROR;
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {
    this.hasEnded = true;
  }

  isRecording(): boolean {
    return !this.hasEnded;
  }

  recordException(): void {}
}

function contexts(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (within, work, self, ...args) => storage.run(within, () => work.call(self as never, ...args)),
    bind: (_within, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

/** W3C Trace Context, as far as it is read. */
const traceContext: TextMapPropagator = {
  inject: () => undefined,
  fields: () => ['traceparent'],
  extract: (within, carrier, getter) => {
    const given = getter.get(carrier, 'traceparent');
    const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(given)) ?? [];
    if (traceId === undefined || spanId === undefined) return within;
    return trace.setSpanContext(within, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  },
};
