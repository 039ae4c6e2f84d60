double multiplier(double[] x, double mean) {
    double lo = -200, hi = 200;
    if (!(Arrays.stream(x).min().getAsDouble() < mean && mean < Arrays.stream(x).max().getAsDouble())) throw new IllegalArgumentException("no");
    for (int k = 0; k < 200; k++) {
        double mid = (lo + hi) / 2, m = 0;
        double[] p = gibbs(x, mid);
        for (int i = 0; i < x.length; i++) m += p[i] * x[i];
        if (m > mean) lo = mid; else hi = mid;
    }
    return (lo + hi) / 2;
}
