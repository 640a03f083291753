import * as yaml from 'yaml';

/** Loaded with the first file that needs it. A CommonJS package must stand in a static import to be bundled with its names. */
export { yaml };
