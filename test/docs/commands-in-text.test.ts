import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { readCommandLine } from '../../src/cli/command-line.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { globalOptions } from '../../src/commands/options.ts';
import { COMMANDS } from '../../src/commands/table.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Pages that people write; those of commands are made of the declarations. */
const PAGES = ['.', 'docs', 'docs/design', 'channels'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name)),
);

/** Everything that a page says is to be typed: code in the text, and lines of code blocks. */
function commandsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|console|bash)?\n([\s\S]*?)^ *```$/gm)].flatMap(
    ([, block = '']) => block.split('\n'),
  );
  const inline = [...text.matchAll(/`(tconda [^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline].flatMap((line) => {
    const [, command] = /^\s*(?:\(\w+\) )?(?:\$ )?(tconda .*)$/.exec(line) ?? [];
    return command === undefined ? [] : [command];
  });
}

/** Words as a shell makes them, up to what is for another command. */
function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)/g)].map(([, word = '']) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double: string, single: string) => double ?? single),
  );
  const end = words.findIndex((word) => /^(?:[|>#;&]+|\d?>.*|&&)$/.test(word));
  return end < 0 ? words : words.slice(0, end);
}

/** What stands for something, or is shown because it fails. */
const NOT_FOR_TYPING = /…|\.\.\.|\bCOMMAND\b|<\w+>|\btconda instal\b|\btconda takes\b|tconda-|\[/;

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(path.join(ROOT, page), 'utf8');

  test('names commands and options that there are', async () => {
    const wrong: string[] = [];
    for (const command of commandsOf(text).filter((line) => !NOT_FOR_TYPING.test(line))) {
      try {
        const [, ...argv] = wordsOf(command);
        const line = readCommandLine(argv, COMMANDS, globalOptions.options);
        if (line.kind !== 'command') continue;
        // oxlint-disable-next-line no-await-in-loop
        parseArguments(line.path.join(' '), await line.entry.load(), globalOptions, line.args);
      } catch (error) {
        const { message } = error as Error;
        // A command that is spoken of needs no operands.
        if (!message.includes('missing required argument')) wrong.push(`${command}: ${message}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('links to what is there', () => {
    const dead = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const place = file === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), file);
        if (!existsSync(place)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(place, 'utf8')).includes(anchor);
      });
    expect(dead).toEqual([]);
  });
});

/** What GitHub makes of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('there are commands to look at', () => {
  expect(commandsOf(readFileSync(path.join(ROOT, 'docs/coming-from.md'), 'utf8')).length).toBeGreaterThan(20);
});
