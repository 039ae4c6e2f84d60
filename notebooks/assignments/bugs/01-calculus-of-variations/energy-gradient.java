double[] energyGradient(double[] y) {
    int n = y.length - 1;
    double h = 1.0 / n;
    double[] gradient = new double[n + 1];
    for (int i = 0; i <= n; i++) {   // the ends treated as if they had two pieces
        double left = i > 0 ? (y[i] - y[i - 1]) / h : 0, right = i < n ? (y[i + 1] - y[i]) / h : 0;
        gradient[i] = left - right + h * Math.exp(y[i]);
    }
    return gradient;
}
