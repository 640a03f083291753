import type { Fix, Relaxation } from '../model/solution.ts';

/** `numpy >=1.21 in place of numpy 1.21.*: numpy 1.26.4, python 3.12.2` */
export function formatFix({ changes, leadsTo, removes }: Fix): string {
  const change = changes.map(formatRelaxation).join(', ');
  const cost = removes.length === 0 ? '' : `; removes ${removes.join(', ')}`;
  return `${change}${leadsTo.length === 0 ? '' : `: ${leadsTo.join(', ')}`}${cost}`;
}

function formatRelaxation(change: Relaxation): string {
  switch (change.kind) {
    case 'change-spec':
      return `${change.to} in place of ${change.spec}`;
    case 'drop-spec':
      return `without ${change.spec}`;
    case 'change-python':
      return `python=${change.to} in place of the installed python ${change.from}`;
    case 'unpin':
      return `without the pin ${change.spec} (--no-pin)`;
    case 'unfreeze':
      return `with another build of the installed ${change.names.join(', ')}`;
    case 'update-deps':
      return 'with --update-deps';
    case 'channel-priority':
      return `with --channel-priority ${change.to}`;
    case 'allow-newer':
      return 'with --exclude-newer 0';
  }
}
