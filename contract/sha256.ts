/** Bytes → their SHA-256: by the browser where it offers that, and computed here on pages that came over plain http. */

const BLOCK = 64;
/** Bytes at the end of the last block that hold the length in bits. */
const LENGTH = 8;

/** The first 32 bits behind the point. */
const fraction = (value: number): number => ((value - Math.floor(value)) * 2 ** 32) | 0;

/** The first 64 primes, from which FIPS 180-4 takes its constants. */
function primes(): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < 64; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** Fractions of their cube roots (K) and of the first eight square roots (H). */
const K = Int32Array.from(primes(), (prime) => fraction(Math.cbrt(prime)));
const H = Int32Array.from(primes().slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** One block of 64 bytes at `at`, taken into `state`; `w` is scratch of 64 words. Names as in FIPS 180-4, section 6.2.2. */
function takeBlock(state: Int32Array, w: Int32Array, view: DataView, at: number): void {
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + t * 4);
  for (let t = 16; t < 64; t++) {
    const before = w[t - 15]!;
    const last = w[t - 2]!;
    const small0 = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3);
    const small1 = turn(last, 17) ^ turn(last, 19) ^ (last >>> 10);
    w[t] = (small1 + w[t - 7]! + small0 + w[t - 16]!) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const large1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const t1 = (h + large1 + chosen + K[t]! + w[t]!) | 0;
    const large0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const most = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + large0 + most) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
  state[5] = (state[5]! + f) | 0;
  state[6] = (state[6]! + g) | 0;
  state[7] = (state[7]! + h) | 0;
}

/** The same as `crypto.subtle.digest('SHA-256', bytes)`, in this thread. */
export function computedSha256(bytes: Uint8Array): Uint8Array {
  const state = H.slice();
  const w = new Int32Array(64);
  const whole = bytes.length - (bytes.length % BLOCK);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole; at += BLOCK) takeBlock(state, w, view, at);
  const rest = bytes.subarray(whole);
  const end = new Uint8Array(rest.length + 1 + LENGTH > BLOCK ? 2 * BLOCK : BLOCK);
  end.set(rest);
  end[rest.length] = 0x80;
  const ending = new DataView(end.buffer);
  ending.setUint32(end.length - 8, Math.floor(bytes.length / 2 ** 29));
  ending.setUint32(end.length - 4, (bytes.length << 3) >>> 0);
  for (let at = 0; at < end.length; at += BLOCK) takeBlock(state, w, ending, at);
  const sum = new Uint8Array(32);
  const out = new DataView(sum.buffer);
  for (const [i, value] of state.entries()) out.setInt32(i * 4, value);
  return sum;
}

/** Lower-case hex SHA-256. */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  // oxlint-disable-next-line no-restricted-properties
  const { subtle } = crypto;
  const sum = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', bytes))
    : computedSha256(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
