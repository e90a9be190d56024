/** How an operation came to rest: for good, until a host or a person does something, or with its runner. */
export type Rest = 'over' | 'waits' | 'stopped';
