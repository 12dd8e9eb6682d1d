/** Style sheets that a page imports: esbuild puts them into dist/pictures/<name>.css. */
declare module "*.css";
