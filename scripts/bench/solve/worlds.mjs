import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Indexes of real channels, and what is asked of each. They are found in the folder that TCONDA_CONFORMANCE names. */
export const WORLDS = [
  {
    name: 'conda-forge subset',
    files: ['conda-forge-subset/linux-64/repodata.json.gz', 'conda-forge-subset/noarch/repodata.json.gz'],
    requests: ['python pip setuptools', 'python=3.9 curl sqlite zstd openssl=3'],
  },
  {
    name: 'main of 2018',
    files: ['conda-tests/index4.json.gz'],
    requests: [
      'python numpy pandas scipy',
      'python=3.6 numpy=1.14 pandas scipy',
      'conda-build notebook dask bokeh',
    ],
  },
  {
    name: 'free and main',
    files: ['conda-tests/index2.json.gz', 'conda-tests/index4.json.gz'],
    requests: ['python numpy pandas scipy', 'python=2.7 numpy scipy pandas bokeh'],
  },
];

/** The records of an index, whole or a map by file name, as a subdir of a channel of its own rank. */
export function readIndex(file, priority) {
  const json = JSON.parse(gunzipSync(readFileSync(file)).toString());
  const groups = json.packages === undefined ? [json] : [json.packages, json['packages.conda'] ?? {}];
  const name = path.basename(path.dirname(file));
  const isWhole = json.packages !== undefined;
  const channel = `https://conda.anaconda.org/${isWhole ? 'conda-forge' : `recorded-${priority}`}`;
  const records = groups.flatMap((group) =>
    Object.entries(group).map(([fn, { track_features: features, ...record }]) => {
      const subdir = record.subdir ?? (isWhole ? name : 'linux-64');
      const tracked =
        typeof features === 'string' ? features.split(/[\s,]+/).filter(Boolean) : (features ?? []);
      const fields = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
      return {
        depends: [],
        constrains: [],
        ...fields,
        ...(tracked.length === 0 ? {} : { track_features: tracked }),
        fn,
        subdir,
        channel,
        schannel: channel.slice(channel.lastIndexOf('/') + 1),
        url: `${channel}/${subdir}/${fn}`,
      };
    }),
  );
  return {
    kind: 'found',
    channel,
    schannel: channel.slice(channel.lastIndexOf('/') + 1),
    subdir: isWhole ? name : 'linux-64',
    priority: isWhole ? 0 : priority,
    records,
    names: () => [...new Set(records.map((record) => record.name))],
  };
}
