/** A clock that says the time as UTC ISO 8601. */
export type Now = () => string;
