import type { ArchiveMember } from '../archive/index.ts';
import { formatSize } from '../report/size.ts';
import { archivePath } from './archive-operand.ts';
import type { CommandSpec } from './command.ts';
import { plainText } from '../report/plain-text.ts';

export const packageList: CommandSpec = {
  summary: 'List what a package holds',
  description:
    'Lists the paths in a .conda or .tar.bz2 file, in their order. With -v also kind, mode and size.',
  operands: ['<package>'],
  options: [],
  examples: ['tconda package list zlib-1.3-h0_0.conda'],
  async run([file = ''], _, context) {
    const { listArchive } = await import('../archive/index.ts');
    const members = await listArchive(archivePath(file, context.host.cwd));
    return {
      kind: 'output',
      json: { success: true, members },
      lines: members.map(context.global.verbosity > 0 ? describe : formatPath),
    };
  },
};

function formatPath({ path: name }: ArchiveMember): string {
  return plainText(name);
}

function describe(member: ArchiveMember): string {
  const { kind, mode, size, target } = member;
  const arrow = target === '' ? '' : ` ${kind === 'symlink' ? '->' : '='} ${plainText(target)}`;
  const columns = [kind.padEnd(9), mode.toString(8).padStart(4, '0'), formatSize(size).padStart(9)];
  return `${columns.join(' ')}  ${formatPath(member)}${arrow}`;
}
