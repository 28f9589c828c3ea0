import { cosine, sine, TURN } from "../trigonometry";

/**
 * The orthonormal discrete cosine transform (type II) of a power of two of values and its inverse, by a complex
 * Fourier transform of the same length (J. Makhoul, 1980). Made of exact operations alone, so that every
 * engine computes the same bits.
 */
export interface CosineTransform {
  forward(values: Float64Array): Float64Array<ArrayBuffer>;
  inverse(coefficients: Float64Array): Float64Array<ArrayBuffer>;
}

const transforms = new Map<number, CosineTransform>();

/** The transform of a length, a power of two from 2 to 65536; its tables are made once. */
export function cosineTransform(length: number): CosineTransform {
  const known = transforms.get(length);
  if (known !== undefined) return known;
  const made = createCosineTransform(length);
  transforms.set(length, made);
  return made;
}

function createCosineTransform(n: number): CosineTransform {
  const turnCosine = Float64Array.from({ length: n }, (_, k) => cosine((TURN * k) / n));
  const turnSine = Float64Array.from({ length: n }, (_, k) => sine((TURN * k) / n));
  const quarterCosine = Float64Array.from({ length: n }, (_, k) => cosine((TURN * k) / (4 * n)));
  const quarterSine = Float64Array.from({ length: n }, (_, k) => sine((TURN * k) / (4 * n)));
  const first = Math.sqrt(1 / n);
  const others = Math.sqrt(2 / n);

  /** In place; `sign` -1 forward, 1 backward, not scaled. */
  function fourier(re: Float64Array, im: Float64Array, sign: number): void {
    for (let i = 1, j = 0; i < n; i++) {
      let bit = n >> 1;
      for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        const r = re[i] ?? 0;
        re[i] = re[j] ?? 0;
        re[j] = r;
        const m = im[i] ?? 0;
        im[i] = im[j] ?? 0;
        im[j] = m;
      }
    }
    for (let size = 2; size <= n; size <<= 1) {
      const half = size >> 1;
      const stride = n / size;
      for (let start = 0; start < n; start += size) {
        for (let k = 0; k < half; k++) {
          const c = turnCosine[k * stride] ?? 0;
          const s = sign * (turnSine[k * stride] ?? 0);
          const a = start + k;
          const b = a + half;
          const br = (re[b] ?? 0) * c - (im[b] ?? 0) * s;
          const bi = (re[b] ?? 0) * s + (im[b] ?? 0) * c;
          const ar = re[a] ?? 0;
          const ai = im[a] ?? 0;
          re[a] = ar + br;
          im[a] = ai + bi;
          re[b] = ar - br;
          im[b] = ai - bi;
        }
      }
    }
  }
  return {
    forward: (values) => {
      const re = new Float64Array(n);
      const im = new Float64Array(n);
      for (let i = 0; i < n / 2; i++) {
        re[i] = values[2 * i] ?? 0;
        re[n - 1 - i] = values[2 * i + 1] ?? 0;
      }
      fourier(re, im, -1);
      for (let k = 0; k < n; k++) re[k] = (k === 0 ? first : others) * ((re[k] ?? 0) * (quarterCosine[k] ?? 0) + (im[k] ?? 0) * (quarterSine[k] ?? 0));
      return re;
    },
    inverse: (coefficients) => {
      const re = new Float64Array(n);
      const im = new Float64Array(n);
      re[0] = (coefficients[0] ?? 0) / first / n;
      for (let k = 1; k < n; k++) {
        const own = (coefficients[k] ?? 0) / others / n;
        const mirror = -(coefficients[n - k] ?? 0) / others / n;
        const c = quarterCosine[k] ?? 0;
        const s = quarterSine[k] ?? 0;
        re[k] = own * c - mirror * s;
        im[k] = own * s + mirror * c;
      }
      fourier(re, im, 1);
      const values = new Float64Array(n);
      for (let i = 0; i < n / 2; i++) {
        values[2 * i] = re[i] ?? 0;
        values[2 * i + 1] = re[n - 1 - i] ?? 0;
      }
      return values;
    },
  };
}
