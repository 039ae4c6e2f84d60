double[] gibbs(double[] x, double lambda) {
    double sum = Arrays.stream(x).map(v -> Math.exp(-lambda * v)).sum();   // overflows far from 0
    return Arrays.stream(x).map(v -> Math.exp(-lambda * v) / sum).toArray();
}
