double beta(double x, double a, double b) {
    double z = Math.exp(LogGamma.value(a) + LogGamma.value(b) - LogGamma.value(a + b));
    return Math.pow(x, a - 1) * Math.pow(1 - x, b - 1) / z;
}
