double[][] lossGradient(double[][] w, double[][] X, int[] y, double alpha) {
    double[][] gradient = new double[w.length][];
    for (int c = 0; c < w.length; c++) {
        gradient[c] = Arrays.stream(w[c]).map(v -> alpha * v).toArray();
    }
    for (int n = 0; n < X.length; n++) {
        double[] s = new double[w.length];
        for (int c = 0; c < w.length; c++) {
            for (int j = 0; j < X[n].length; j++) {
                s[c] += w[c][j] * X[n][j];
            }
        }
        for (int c = 0; c < w.length; c++) {
            double others = 0;   // 1/p is a sum of exponentials of differences
            for (double b : s) {
                others += Math.exp(b - s[c]);
            }
            double p = 1 / others;
            for (int j = 0; j < X[n].length; j++) {
                gradient[c][j] -= ((y[n] == c ? 1 : 0) - p) * X[n][j] / X.length;
            }
        }
    }
    return gradient;
}
