// Apart from the controller, which takes a second to load: documents and tests need these alone.
export { metricTable } from './observe/metric-table.ts';
export { metricsDocument } from './observe/metric-table.ts';
