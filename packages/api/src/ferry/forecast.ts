import type { ForecastEnd, ForecastMeans } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const RangeSchema = Type.Object(
  { p10: nullable(Type.Number()), p50: nullable(Type.Number()), p90: nullable(Type.Number()) },
  {
    description:
      'below p10 and above p90 lies one fact in ten each; null: no bound is known, or it does not end by itself',
  },
);

const VerdictSchema = Type.Union([
  Type.Object({ kind: Type.Literal('converges') }),
  Type.Object({
    kind: Type.Literal('stalls'),
    atBytes: Type.Number({ description: 'what each pass finds to send once more' }),
  }),
  Type.Object({ kind: Type.Literal('cannot'), because: Type.String() }),
  Type.Object({ kind: Type.Literal('not-known'), because: Type.Array(Type.String()) }),
]);

const MeansSchema = Type.Object({
  means: Type.Unsafe<ForecastMeans['means']>(Type.String()),
  helps: nullable(Type.Boolean({ description: 'null: not known' })),
  because: Type.String(),
  numbers: Type.Record(Type.String(), Type.Number()),
});

const fields = {
  verdict: VerdictSchema,
  likelihood: nullable(
    Type.Number({ description: 'the share of what may be in which it ends by itself, 0 to 1' }),
  ),
  totalMs: RangeSchema,
  downtimeMs: RangeSchema,
  bytes: RangeSchema,
  neededBytesPerSecond: nullable(
    Type.Number({ description: 'the least bandwidth at which it ends by itself' }),
  ),
  bytesPerSecond: nullable(Type.Number({ description: 'what it has' })),
  means: Type.Array(MeansSchema),
  basis: Type.Array(Type.String(), { description: 'what it was made from' }),
};

/** What is said of a live migration before it begins. */
export const ForecastSchema = component(
  'Forecast',
  Type.Object(fields, { description: 'of the transfer alone, without preparing and cleaning up' }),
);
export type ForecastBody = Static<typeof ForecastSchema>;

/** The answer to "what would become of it?". */
export const ForecastReportSchema = component(
  'ForecastReport',
  Type.Object({
    instance: Type.String(),
    sourceHost: Type.String(),
    targetHost: Type.String(),
    summary: Type.String({ description: 'the forecast in a sentence' }),
    forecast: ForecastSchema,
  }),
);
export type ForecastReportBody = Static<typeof ForecastReportSchema>;

const FactsSchema = Type.Object({
  totalMs: nullable(Type.Number()),
  downtimeMs: nullable(Type.Number()),
  networkGapMs: Type.Optional(
    nullable(
      Type.Number({ description: 'longest time without an answer from outside, where it was probed' }),
    ),
  ),
  bytes: nullable(Type.Number()),
  memory: nullable(
    Type.Number({ description: 'how much of the memory that its host held for it the first pass sent' }),
  ),
  inflation: nullable(
    Type.Number({ description: 'how many times as much its passes found as was measured beforehand' }),
  ),
});
const EndSchema = Type.Unsafe<ForecastEnd>(
  Type.Enum(['converged', 'forced', 'aborted', 'failed'], {
    description:
      '`forced`: its guest was paused for its end, post-copy begun, or something else changed while it ran',
  }),
);

/** The forecast of a migration: what was said, what is said now, what came of it. */
export const MigrationForecastSchema = component(
  'MigrationForecast',
  Type.Object({
    before: ForecastSchema,
    summary: Type.String({
      description: 'while it runs: how long it still takes, or why it does not end; empty once it is over',
    }),
    now: nullable(
      Type.Object({
        ...fields,
        leftMs: RangeSchema,
        passes: Type.Integer({ description: 'passes over memory that were measured' }),
      }),
    ),
    end: nullable(Type.Object({ kind: EndSchema, facts: FactsSchema })),
  }),
);
export type MigrationForecastBody = Static<typeof MigrationForecastSchema>;

const SpreadSchema = Type.Object({
  count: Type.Integer(),
  p50: nullable(Type.Number({ description: 'median of |forecast - fact| / fact' })),
  p90: nullable(Type.Number()),
  absoluteP90: nullable(Type.Number({ description: '|forecast - fact|, in its own unit' })),
  within: nullable(Type.Number({ description: 'the share of facts between P10 and P90' })),
});

/** What forecasts were worth. */
export const ForecastErrorsSchema = component(
  'ForecastErrors',
  Type.Object({
    migrations: Type.Integer(),
    ends: Type.Array(
      Type.Object({
        end: EndSchema,
        count: Type.Integer(),
        verdictRight: nullable(Type.Number()),
        totalMs: SpreadSchema,
        downtimeMs: SpreadSchema,
        bytes: SpreadSchema,
        unseenMs: Type.Object(
          { count: Type.Integer(), p50: nullable(Type.Number()), p90: nullable(Type.Number()) },
          {
            description:
              'by how much the network saw the guest away for longer than its hypervisor counted, of those that were probed',
          },
        ),
      }),
    ),
  }),
);
export type ForecastErrorsBody = Static<typeof ForecastErrorsSchema>;

/** Of which migrations: the newest that have ended, of all instances or of one. */
export const ForecastFilterSchema = Type.Object(
  {
    instance: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'of this instance: name or id' }),
    ),
  },
  { additionalProperties: false },
);
export type ForecastFilter = Static<typeof ForecastFilterSchema>;

/** An instance by the time of day. */
export const MemoryProfileSchema = component(
  'MemoryProfile',
  Type.Object({
    instance: Type.String(),
    measurements: Type.Integer(),
    latest: nullable(Type.String({ description: 'when it was measured last' })),
    hours: Type.Array(
      Type.Object({
        hour: Type.Integer({ description: 'of the day, UTC' }),
        measurements: Type.Integer(),
        bytesPerSecond: Type.Number({ description: 'what it changes, at the median' }),
      }),
    ),
  }),
);
export type MemoryProfileBody = Static<typeof MemoryProfileSchema>;
