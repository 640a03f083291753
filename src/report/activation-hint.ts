/**
 * What stands below a new environment: conda's comment for whoever keeps what is printed, two lines for a person at a terminal.
 * @param isTerminal whether a person reads it as it comes
 */
export function formatActivationHint(nameOrPrefix: string, isTerminal = false): readonly string[] {
  const shown = nameOrPrefix.includes(' ') ? `"${nameOrPrefix}"` : nameOrPrefix;
  if (isTerminal) {
    return ['', `To activate:    tconda activate ${shown}`, 'To deactivate:  tconda deactivate', ''];
  }
  return [
    '#',
    '# To activate this environment, use',
    '#',
    `#     $ tconda activate ${shown}`,
    '#',
    '# To deactivate an active environment, use',
    '#',
    '#     $ tconda deactivate',
    '',
  ];
}
