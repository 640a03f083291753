// From Debian's versions ([epoch:]upstream[-revision]) to conda's.

/**
 * @typedef {{ upstream: string, revision: string }} DebianVersion
 */

/** @param {string} text @returns {DebianVersion} */
function parseDebianVersion(text) {
  const noEpoch = text.replace(/^\d+:/, '');
  const dash = noEpoch.lastIndexOf('-');
  return dash === -1
    ? { upstream: noEpoch, revision: '' }
    : { upstream: noEpoch.slice(0, dash), revision: noEpoch.slice(dash + 1) };
}

/**
 * Upstream's own version in a form conda takes: without epoch, revision, and Debian's marks of repacking
 * (`1.2.13.dfsg` -> `1.2.13`, `0.3.21+ds` -> `0.3.21`, `2.5.0~rc1` -> `2.5.0rc1`, `7.0+really6.4` -> `6.4`).
 * @param {string} text a Debian version
 */
export function condaVersion(text) {
  const { upstream } = parseDebianVersion(text);
  const real = /\+really(.+)$/.exec(upstream)?.[1] ?? upstream;
  return real
    .replace(/[.+~](dfsg|ds|repack|debian|deb\d+)[\d.a-z~]*$/i, '')
    .replace(/\+(\d{6,8}|git.*)$/, '')
    .replace(/~(?=(a|b|rc|alpha|beta|dev|pre)\d*$)/i, '')
    .replace(/~.*$/, '')
    .replaceAll('-', '_');
}

/**
 * Debian's revision as a number that grows with it: `6+deb12u9` -> 609, `1~deb12u2` -> 102, `3+b2` -> 302.
 * @param {string} text a Debian version
 */
export function condaBuildNumber(text) {
  const { upstream, revision } = parseDebianVersion(text);
  const numbers = /^(\d*)(?:.*?(?:deb\d+u|[+]b)(\d+))?/.exec(
    revision === '' ? upstream.replace(/^[^~+]*/, '0') : revision,
  );
  return Number(numbers?.[1] ?? 0) * 100 + Number(numbers?.[2] ?? 0);
}

/**
 * The first version that is too new for something built against `version`: pin `x.x` of `1.2.13` -> `1.3.0a0`.
 * @param {string} version
 * @param {string} pin as many `x` as numbers that must stay
 */
export function upperBound(version, pin) {
  const kept = pin.split('.').length;
  const numbers = version
    .split('.')
    .slice(0, kept)
    .map((part) => Number.parseInt(part, 10) || 0);
  while (numbers.length < kept) numbers.push(0);
  numbers[kept - 1] = (numbers[kept - 1] ?? 0) + 1;
  return kept === 1 ? `${String(numbers[0])}.0a0` : `${numbers.join('.')}.0a0`;
}
