import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { type ControllerMetrics, metricsContentType } from '../../observe/controller-metrics.ts';

/** Whoever asks for metrics comes alone, and quickly. */
const bounds = { requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 30_000 } as const;
const maxConnections = 32;

/** Metrics by an address of their own, without a token and without anything else: who reaches it may read them. */
export function metricsDoor(metrics: ControllerMetrics, log: Logger): Server {
  const server = createServer(bounds, (request, response) => {
    const isMetrics = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    if (!isMetrics) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is GET /metrics here.\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metricsContentType }).end(text),
      (error: unknown) => {
        log.error({ err: error }, 'metrics could not be told');
        response
          .writeHead(500, { 'content-type': 'text/plain' })
          .end('They could not be told: see the log.\n');
      },
    );
  });
  server.maxConnections = maxConnections;
  return server;
}
