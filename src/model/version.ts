/** A parsed version. Equal versions may have different texts (`1.0` and `1.0.0`). */
export interface Version {
  readonly text: string;
}
