double beta(double x, double a, double b) {
    double logZ = LogGamma.value(a + b) - LogGamma.value(a) - LogGamma.value(b);
    return Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log(1 - x) - logZ);
}
