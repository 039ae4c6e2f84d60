double multiplier(double[] x, double mean) {
    double least = x[0], most = x[x.length - 1];   // assumes that the outcomes rise
    if (!(least < mean && mean < most)) {
        throw new IllegalArgumentException("The mean must lie strictly between " + least + " and " + most + ".");
    }
    double lambda = 0;
    for (int step = 0; step < 200; step++) {
        double[] p = gibbs(x, lambda);
        double expected = IntStream.range(0, x.length).mapToDouble(i -> p[i] * x[i]).sum();
        double variance = IntStream.range(0, x.length).mapToDouble(i -> p[i] * (x[i] - expected) * (x[i] - expected)).sum();
        lambda -= (mean - expected) / variance;
    }
    return lambda;
}
