/** Text that holds JSON; the noun's store reads and writes it. */
export type Json = string;
/** 0 or 1: SQLite has no boolean, and both databases compare integers alike. */
export type Flag = number;
