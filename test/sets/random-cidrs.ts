// Prefixes in crowded corners: the ends of the line, and blocks across a word border.
import fc from "fast-check";
import { type Cidr, parsePrefix } from "../../compiler/sets/address.ts";

export const cidr = (text: string): Cidr => {
  const parsed = parsePrefix(text);
  if (parsed.kind === "fault") throw new Error(text);
  return parsed.cidr;
};

const bases = fc.constantFrom(
  ...["0.0.0.0", "10.0.0.0", "10.0.0.7", "10.0.1.255", "127.255.255.255", "128.0.0.0"],
  ...["255.255.255.255", "255.255.255.240", "::", "::1", "::ffff:ffff", "::1:0:0", "fd00::7"],
  ...["fd00:0:0:0:ffff:ffff:ffff:ffff", "fd00:0:0:1::", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ...["8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
);

const cidrs = fc
  .tuple(bases, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([base, share]) =>
    cidr(`${base}/${Math.round(share ** 0.3 * (base.includes(":") ? 128 : 32))}`),
  );

export const cidrLists = fc.array(cidrs, { maxLength: 6 });
