double[][] minimise(UnaryOperator<double[][]> gradient, double[][] start, double step, double tolerance, int most) {
    double[][] w = start.clone();   // the rows are still the caller's
    for (int taken = 0; taken < most; taken++) {
        double[][] g = gradient.apply(w);
        for (int c = 0; c < w.length; c++) {
            for (int j = 0; j < w[c].length; j++) {
                w[c][j] -= step * g[c][j];
            }
        }
    }
    return w;
}
