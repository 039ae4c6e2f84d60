double[] gibbs(double[] x, double lambda) {
    // Each probability as 1 over a sum of ratios: nothing to shift.
    double[] p = new double[x.length];
    for (int i = 0; i < x.length; i++) {
        double ratios = 0;
        for (double v : x) {
            ratios += Math.exp(-lambda * (v - x[i]));
        }
        p[i] = 1 / ratios;
    }
    return p;
}
