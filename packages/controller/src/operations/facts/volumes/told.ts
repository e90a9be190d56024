/** What a host told: `absent` where it has no such thing, null where it did not answer. */
export function told<T>(question: Promise<T | null>): Promise<T | 'absent' | null> {
  return question.then(
    (found) => found ?? 'absent',
    () => null,
  );
}
