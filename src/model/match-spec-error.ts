/** What is wrong with the text of a spec, while it is being taken apart; `position` counts in the whole text. */
export class MatchSpecError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}
