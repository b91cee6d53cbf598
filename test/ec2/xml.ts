// Answers of EC2's query protocol: elements in camel case, lists of `item`.

export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [key: string]: XmlValue };

export const xmlDocument = (root: string, value: XmlValue): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${xml(value)}</${root}>`;

function xml(value: XmlValue): string {
  if (value === undefined) return "";
  if (isList(value)) return value.map((item) => `<item>${xml(item)}</item>`).join("");
  if (typeof value !== "object") return escaped(String(value));
  return Object.entries(value)
    .map(([key, inner]) => (inner === undefined ? "" : `<${key}>${xml(inner)}</${key}>`))
    .join("");
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
