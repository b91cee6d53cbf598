// SHA-256 (FIPS 180-4) of a text's UTF-8 bytes, as lower-case hexadecimal. Pure, because the
// compiler also runs in browsers and may import nothing of Node; it only ever hashes rule texts.

const roundConstants = Int32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)));
const initialState = Int32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));

const encoder = new TextEncoder();
// Scratch space, written before it is read by every call: most texts are a few blocks long.
const schedule = new Int32Array(64);
const state = new Int32Array(8);

type Sha256 = (input: string | Uint8Array) => string;

let quicker: Sha256 | undefined;

/** Where there is one that is quicker, as on Node, all digests are made by it from now on. */
export function digestBy(found: Sha256): void {
  quicker = found;
}

/** Lower-case hexadecimal SHA-256 of the UTF-8 form of `text`. */
export function sha256(text: string): string {
  return quicker?.(text) ?? plainSha256(encoder.encode(text));
}

/** The same of bytes. */
export function sha256OfBytes(bytes: Uint8Array): string {
  return quicker?.(bytes) ?? plainSha256(bytes);
}

/** The same, and nothing but this file is needed for it. */
export function plainSha256(bytes: Uint8Array): string {
  const padded = pad(bytes);
  const view = new DataView(padded.buffer);
  state.set(initialState);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(block + 4 * i);
    compress();
  }
  let digest = "";
  for (const word of state) digest += (word >>> 0).toString(16).padStart(8, "0");
  return digest;
}

/** The bytes, a one bit, zeros, and the length in bits as 64-bit big-endian. */
function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array((bytes.length + 72) & ~63);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  return padded;
}

/** One block: the schedule's first 16 words are its text. Indices are in range: 64 and 8. */
function compress(): void {
  const w = schedule;
  for (let i = 16; i < 64; i++) {
    const before = w[i - 15] as number;
    const last = w[i - 2] as number;
    const s0 = rotate(before, 7) ^ rotate(before, 18) ^ (before >>> 3);
    const s1 = rotate(last, 17) ^ rotate(last, 19) ^ (last >>> 10);
    w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + (roundConstants[i] as number) + (w[i] as number)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits of the fractional part: the standard's "nothing up my sleeve" numbers. */
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x100000000) | 0;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}
