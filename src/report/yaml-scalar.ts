/** A text as a YAML scalar that every reader takes for that text: plain where that is safe, else in double quotes. */
export function formatYamlScalar(text: string): string {
  return PLAIN.test(text) && !OTHER_TYPE.test(text) && !/:(?:\s|$)| #/.test(text)
    ? text
    : JSON.stringify(text);
}

const PLAIN = /^[A-Za-z0-9_./](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** Numbers, dates, times, booleans and nothing, of YAML 1.1 and 1.2. */
const OTHER_TYPE =
  /^(?:[\d.][\d._:eE+-]*|0[xob][\da-f_]+|true|false|null|yes|no|on|off|y|n|\.inf|\.nan|[\d-]+[ T][\d:.+ Z-]+)$/i;
