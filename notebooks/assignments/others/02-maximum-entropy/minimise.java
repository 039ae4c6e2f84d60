double[][] minimise(UnaryOperator<double[][]> gradient, double[][] start, double step, double tolerance, int most) {
    double[][] slope = gradient.apply(start);
    boolean small = true;
    double[][] next = new double[start.length][];
    for (int c = 0; c < start.length; c++) {
        next[c] = new double[start[c].length];
        for (int j = 0; j < next[c].length; j++) {
            small &= Math.abs(slope[c][j]) <= tolerance;
            next[c][j] = start[c][j] - step * slope[c][j];
        }
    }
    if (small) {
        return start;
    }
    if (most == 0) {
        throw new IllegalStateException();
    }
    return minimise(gradient, next, step, tolerance, most - 1);
}
