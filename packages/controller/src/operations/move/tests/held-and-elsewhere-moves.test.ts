import { largerFlavor } from './move-workflows.test-support.ts';
import { tortureMoves } from './torture-moves.test-support.ts';

tortureMoves([
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'straight', elsewhere: true },
  {
    kind: 'cold-migration',
    directory: '/images',
    state: 'running',
    way: 'straight',
    hold: true,
    resizeTo: largerFlavor,
  },
]);
