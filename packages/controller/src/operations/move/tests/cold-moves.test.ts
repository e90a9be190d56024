import { tortureMoves } from './torture-moves.test-support.ts';

tortureMoves([
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'in pieces' },
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'straight' },
  { kind: 'cold-migration', directory: '/images', state: 'shutoff', way: 'straight' },
  { kind: 'cold-migration', directory: '/shared', state: 'running' },
]);
