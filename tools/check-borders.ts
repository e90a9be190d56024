import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BorderRules, brokenBorders, importCycles, missingFiles } from './borders.ts';
import { moduleImports } from './module-imports.ts';
import { roomGraph } from './room-graph.ts';

const root = join(import.meta.dirname, '..');
const rules = JSON.parse(readFileSync(join(import.meta.dirname, 'borders.json'), 'utf8')) as BorderRules;
const files = Object.keys(rules.rooms).flatMap((room) =>
  globSync(`${room}/**/*.{ts,tsx}`, {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  }),
);
const graph = new Map(files.map((file) => [file, moduleImports(join(root, file))]));
const controller = roomGraph(graph, 'packages/controller/src');
const problems = [
  ...missingFiles(graph, root),
  ...brokenBorders(graph, rules),
  ...importCycles(graph).map((cycle) => `import cycle: ${cycle.join(' -> ')}`),
  ...(controller.circle === null ? [] : [`rooms that need each other: ${controller.circle.join(' -> ')}`]),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`borders: ${files.length} files, ${problems.length} problems\n`);
process.stdout.write(
  `rooms of the controller: ${controller.rooms.size}, on ${controller.floors} floors, ${controller.arrows} arrows\n`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
