/**
 * Does all of a list, so many at a time and in its order: the next begins as soon as one has ended. Gives the results in the
 * list's order; the first failure is the whole's.
 */
export async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [place, item] of waiting) results[place] = await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
