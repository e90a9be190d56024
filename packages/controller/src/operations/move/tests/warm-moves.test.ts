import { tortureMoves } from './torture-moves.test-support.ts';

tortureMoves([
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'straight', warm: true },
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'in pieces', warm: true },
]);
