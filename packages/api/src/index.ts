export * from './client/index.ts';
export * from './ferry/event.ts';
export * from './ferry/finding.ts';
export * from './ferry/host.ts';
export * from './ferry/instance.ts';
export * from './ferry/migration.ts';
export * from './ferry/problem.ts';
export * from './ferry/security-group.ts';
