// The client without the schemas: programs that only ask start in half the time.
export * from './api-error.ts';
export type { FerryClientOptions } from './catalogue-client.ts';
export * from './ferry-client.ts';
export * from './identity-client.ts';
