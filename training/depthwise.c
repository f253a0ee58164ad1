/* Weight gradient of a depthwise convolution with stride 1, channels last: x, g (n,h,w,c), out (threads,k,k,c), zeroed. */
void depthwise_weight_gradient(const float *x, const float *g, float *out, long n, long h, long w, long c, long k,
                               long threads) {
    const long pad = k / 2;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (long t = 0; t < threads; t++)
        for (long i = n * t / threads; i < n * (t + 1) / threads; i++)
            for (long y = 0; y < h; y++)
                for (long ky = 0; ky < k; ky++) {
                    const long iy = y + ky - pad;
                    if (iy < 0 || iy >= h) continue;
                    for (long z = 0; z < w; z++)
                        for (long kx = 0; kx < k; kx++) {
                            const long iz = z + kx - pad;
                            if (iz < 0 || iz >= w) continue;
                            const float *a = x + ((i * h + iy) * w + iz) * c, *b = g + ((i * h + y) * w + z) * c;
                            float *o = out + ((t * k + ky) * k + kx) * c;
                            for (long ch = 0; ch < c; ch++) o[ch] += a[ch] * b[ch];
                        }
                }
}
