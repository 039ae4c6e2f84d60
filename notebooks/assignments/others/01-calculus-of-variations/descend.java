double[] descend(UnaryOperator<double[]> gradient, double[] y, double alpha, int steps) {
    if (steps == 0) {
        return Arrays.copyOf(y, y.length);
    }
    double[] g = gradient.apply(y.clone()), next = new double[y.length];
    for (int i = 0; i < y.length; i++) {
        boolean end = i == 0 || i == y.length - 1;
        next[i] = end ? y[i] : y[i] - alpha * g[i];
    }
    return descend(gradient, next, alpha, steps - 1);
}
