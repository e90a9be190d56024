import { expect, test } from 'vitest';
import { roomGraph } from './room-graph.ts';

const src = 'packages/a/src';
function graphOf(files: Readonly<Record<string, readonly string[]>>, typeOnly = false) {
  return new Map(
    Object.entries(files).map(([file, specifiers]) => [
      `${src}/${file}`,
      specifiers.map((specifier) => ({ specifier, typeOnly })),
    ]),
  );
}

test('rooms are folders two levels deep, and what they import of each other is counted once', () => {
  const graph = graphOf({
    'store/rows/a.ts': [],
    'http/one/b.ts': ['../../store/rows/a.ts', '../../store/rows/deep/c.ts'],
    'http/two/d.ts': ['../one/b.ts'],
    'store/rows/e.test.ts': ['../../http/two/d.ts'],
  });
  expect(roomGraph(graph, src)).toMatchObject({ arrows: 2, floors: 3, circle: null });
});

test('rooms that need each other are a circle, and types alone are none', () => {
  const files = {
    'x/a/one.ts': ['../b/two.ts'],
    'x/b/two.ts': ['../c/three.ts'],
    'x/c/three.ts': ['../a/four.ts'],
  };
  expect(roomGraph(graphOf(files), src).circle).toEqual(['x/a', 'x/b', 'x/c', 'x/a']);
  expect(roomGraph(graphOf(files, true), src)).toMatchObject({ arrows: 0, circle: null });
});
