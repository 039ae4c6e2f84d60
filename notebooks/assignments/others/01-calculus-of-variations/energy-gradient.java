double[] energyGradient(double[] y) {
    int n = y.length - 1;
    double[] gradient = new double[n + 1];
    Arrays.setAll(gradient, i -> {
        double all = Math.exp(y[i]) / n, left = i > 0 ? y[i] - y[i - 1] : 0, right = i < n ? y[i + 1] - y[i] : 0;
        return n * (left - right) + (i == 0 || i == n ? all / 2 : all);
    });
    return gradient;
}
