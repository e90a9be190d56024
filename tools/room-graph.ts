import { dirname } from 'node:path';
import { type ImportGraph, resolveRelative } from './borders.ts';

/** Rooms of a package and what they import of each other. */
export interface RoomGraph {
  /** By the folder's path from the package's `src`; files of `src` itself stand in `.`. */
  readonly rooms: ReadonlyMap<string, ReadonlySet<string>>;
  readonly arrows: number;
  /** Rooms on the longest way from one that others need to one that needs others; 0 where there is a circle. */
  readonly floors: number;
  /** Rooms that need each other, one way around; null: there are none. */
  readonly circle: readonly string[] | null;
}

const isTest = (file: string): boolean => /\.test(?:-support)?\.ts$/.test(file);

/** Rooms are folders two levels deep below `src`. Imports of types alone are no arrows: nothing of them is there when it runs. */
export function roomGraph(graph: ImportGraph, src: string): RoomGraph {
  const roomOf = (file: string): string => {
    const folders = dirname(file.slice(src.length + 1)).split('/');
    return folders.slice(0, 2).join('/');
  };
  const rooms = new Map<string, Set<string>>();
  for (const [file, imports] of graph) {
    if (!file.startsWith(`${src}/`) || isTest(file)) continue;
    const room = roomOf(file);
    const needs = rooms.get(room) ?? new Set<string>();
    rooms.set(room, needs);
    for (const one of imports) {
      if (one.typeOnly || !one.specifier.startsWith('.')) continue;
      const needed = roomOf(resolveRelative(file, one.specifier));
      if (needed !== room) needs.add(needed);
    }
  }
  const circle = circleOf(rooms);
  const arrows = [...rooms.values()].reduce((sum, needs) => sum + needs.size, 0);
  return { rooms, arrows, floors: circle === null ? floorsOf(rooms) : 0, circle };
}

function circleOf(rooms: RoomGraph['rooms']): string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (room: string): string[] | null => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
    if (done.has(room)) return null;
    way.push(room);
    for (const needed of rooms.get(room) ?? []) {
      const found = visit(needed);
      if (found !== null) return found;
    }
    way.pop();
    done.add(room);
    return null;
  };
  for (const room of rooms.keys()) {
    const found = visit(room);
    if (found !== null) return found;
  }
  return null;
}

function floorsOf(rooms: RoomGraph['rooms']): number {
  const known = new Map<string, number>();
  const floor = (room: string): number => {
    const found = known.get(room);
    if (found !== undefined) return found;
    const height = 1 + Math.max(0, ...[...(rooms.get(room) ?? [])].map(floor));
    known.set(room, height);
    return height;
  };
  return Math.max(0, ...[...rooms.keys()].map(floor));
}
