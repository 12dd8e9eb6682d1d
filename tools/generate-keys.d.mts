// What the tests use of generate-keys.mjs.
export function keysPage(manifest: object): string;
