double[] descend(UnaryOperator<double[]> gradient, double[] y, double alpha, int steps) {
    for (int step = 0; step < steps; step++) {   // in the array that was handed in
        double[] g = gradient.apply(y);
        for (int i = 1; i + 1 < y.length; i++) {
            y[i] -= alpha * g[i];
        }
    }
    return y;
}
