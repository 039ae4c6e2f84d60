double[][] lossGradient(double[][] w, double[][] X, int[] y, double alpha) {
    double[][] gradient = new double[w.length][w[0].length];
    for (int n = 0; n < X.length; n++) {
        double[] p = new double[w.length];
        for (int c = 0; c < w.length; c++) {
            for (int j = 0; j < X[n].length; j++) {
                p[c] += w[c][j] * X[n][j];
            }
            p[c] = Math.exp(p[c]);   // overflows
        }
        double sum = Arrays.stream(p).sum();
        for (int c = 0; c < w.length; c++) {
            for (int j = 0; j < X[n].length; j++) {
                gradient[c][j] += (p[c] / sum - (y[n] == c ? 1 : 0)) * X[n][j] / X.length + alpha * w[c][j] / X.length;
            }
        }
    }
    return gradient;
}
