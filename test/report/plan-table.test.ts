import { expect, test } from 'vitest';

import { formatPlan } from '../../src/report/plan-table.ts';
import { record } from './records.ts';

test('a plan with every section, as conda writes it', () => {
  const lines = formatPlan({
    transaction: {
      prefix: '/envs/e1',
      unchanged: [],
      operations: [
        { kind: 'link', install: record('noarchpy 0.3.0 pyhd_0', { subdir: 'noarch' }) },
        { kind: 'link', install: record('post-link-script-package 0.1.0 hb0f4dca_0') },
        { kind: 'unlink', remove: record('dummy-b 0.1.0 hb0f4dca_0') },
        {
          kind: 'change',
          remove: record('prefixed 1.0 h1_0'),
          install: record('prefixed 2.0 h2_0'),
        },
        {
          kind: 'change',
          remove: record('package 0.2.0 hb0f4dca_0'),
          install: record('package 0.1.0 hb0f4dca_0'),
        },
        {
          kind: 'change',
          remove: record('zlib 1.3 a_0'),
          install: record('zlib 1.3 b_0'),
        },
        {
          kind: 'change',
          remove: record('xz 5.4 0'),
          install: record('xz 5.2 0', { schannel: 'https://example.org/first' }),
        },
        { kind: 'relink', remove: record('pip 24.0'), install: record('pip 24.0') },
      ],
    },
    added: ['prefixed=2', 'noarchpy'],
    removed: ['dummy-b'],
    fetch: [
      record('prefixed 2.0 h2_0', { size: 1268 }),
      record('noarchpy 0.3.0 pyhd_0', { size: 517, subdir: 'noarch', schannel: 'defaults' }),
    ],
    showChannelUrls: undefined,
  });
  expect(lines.map((line) => line.replace(/ $/, '·')).join('\n')).toMatchInlineSnapshot(`
    "
    ## Package Plan ##

      environment location: /envs/e1

      removed specs:
        - dummy-b

      added / updated specs:
        - noarchpy
        - prefixed=2


    The following packages will be downloaded:

        package                    |            build
        ---------------------------|-----------------
        noarchpy-0.3.0             |           pyhd_0          517 B
        prefixed-2.0               |             h2_0           1 KB  mini
        ------------------------------------------------------------
                                               Total:           2 KB

    The following NEW packages will be INSTALLED:

      noarchpy           mini/noarch::noarchpy-0.3.0-pyhd_0·
      post-link-script-~ mini/linux-64::post-link-script-package-0.1.0-hb0f4dca_0·

    The following packages will be REMOVED:

      dummy-b-0.1.0-hb0f4dca_0

    The following packages will be UPDATED:

      prefixed                                         1.0-h1_0 --> 2.0-h2_0·

    The following packages will be SUPERSEDED by a higher-priority channel:

      xz                                         mini::xz-5.4-0 --> first::xz-5.2-0·

    The following packages will be DOWNGRADED:

      package                                  0.2.0-hb0f4dca_0 --> 0.1.0-hb0f4dca_0·

    The following packages will be REVISED:

      zlib                                              1.3-a_0 --> 1.3-b_0·

    "
  `);
});

test('an empty plan is as long as conda’s', () => {
  const transaction = { prefix: '/envs/empty', unchanged: [], operations: [] };
  const lines = formatPlan({ transaction, added: [], removed: [], fetch: [], showChannelUrls: undefined });
  expect(lines).toEqual(['', '## Package Plan ##', '', '  environment location: /envs/empty', '', '', '']);
});
