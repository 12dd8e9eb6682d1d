/**
 * The guards that a scenario may weaken, each by the name under which it stands in the kernel's source. What is not here is
 * structural (`need` in kernel-call.ts): without it a call has nothing to act on, or would tear the kernel's own lists.
 */

export const WEAKENABLE_GUARDS = [
  "capability is of the kind",
  "capability has the rights",
  "capability is the owner's",
  "capability is not an owner's",
  "slot 0 stays",
  "rights are defined",
  "rights do not grow",
  "the offer is to the caller",
  "address is page-aligned",
  "address is word-aligned",
  "pc is 2-byte aligned",
  "rights are of access",
  "what is writable is readable",
  "page is free",
  "position is free",
  "the sectors are free",
  "the sectors are the extent's",
  "the bytes are the page's",
  "environment has not started",
  "callee has started",
  "entry is registered",
  "target can run",
  "the quota is not used up",
  "what is promised stays free",
  "the list is within the page",
  "the batch has so many pages",
  "the page is exposed state",
  "the bits exist",
  "the pages are there",
  "the quota covers what is charged",
  "both have quotas",
  "the giver covers its charge",
  "the launcher is not asked",
  "something is asked for",
  "the caller is the arbiter",
  "only the arbiter is told",
  "the one chosen has so much above its guarantee",
  "the place is within the extent",
  "the relation exists",
  "the word is within the page",
  "the bytes to send are the page's",
  "the terms are the page's",
  "some packet can match",
  "no packet is another's, too",
] as const;

export type GuardName = (typeof WEAKENABLE_GUARDS)[number];

export function isWeakenable(name: string): name is GuardName {
  return (WEAKENABLE_GUARDS as readonly string[]).includes(name);
}
