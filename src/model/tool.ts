/** Who we are: in exported files, histories and the user agent. */
export const TOOL = { name: 'tconda', version: '0.1.0' } as const;
