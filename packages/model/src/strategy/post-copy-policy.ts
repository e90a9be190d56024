/** Whether post-copy may be used for a move, and if so, what is done when it loses the guest's memory. */
export type PostCopyPolicy = 'never' | 'ask' | 'restart';
