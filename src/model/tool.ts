/** Who we are: in exported files, histories and the user agent. */
export const TOOL = { name: 'tconda', version: '0.1.0' } as const;

/** The conda whose behaviour is ours: what those see who ask for conda's version, and packages that depend on `__conda`. */
export const CONDA_VERSION = '26.7.0';
