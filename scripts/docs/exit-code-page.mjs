/**
 * @param {Record<string, { conda: string, hint?: string, exitCode?: number }>} errors
 */
export function exitCodePage(errors) {
  const rows = Object.entries(errors)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { conda, exitCode }]) => `| \`${code}\` | \`${conda}\` | ${exitCode ?? 1} |`);
  return `# Exit codes

| code | meaning |
| --- | --- |
| 0 | done, also when there was nothing to do; after \`--dry-run\`, \`--download-only\`, and a question answered with no |
| 1 | failed; nothing is half done. Also what \`compare\`, \`diff\`, \`outdated\`, \`owns\` and \`package verify\` say when they find a difference |
| 2 | the command line can't be understood |
| 126, 127 | \`run\`, \`exec\`, \`shell\`: the program can't be started, or is not there |
| 130 | interrupted by Ctrl-C, SIGTERM or SIGHUP |
| other | \`run\`, \`exec\`, \`shell\` and commands of others: that of the program; 128 and the signal's number if a signal ended it |

With \`--json\` a failure is one JSON object on stdout (\`docs/json/error.schema.json\`): \`exception_name\` is the name that conda
has for it, \`code\` the one that is its own, \`hint\` what to do.

| \`code\` | \`exception_name\` | exit code |
| --- | --- | --- |
${rows.join('\n')}
`;
}
