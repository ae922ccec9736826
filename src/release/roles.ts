/** What a person may hold. Every role includes viewer; operator does not include approver. */
export const roles = ['viewer', 'releaser', 'approver', 'operator'] as const;
export type Role = (typeof roles)[number];
