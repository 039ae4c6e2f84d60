double mean(double[] values, double[] p) {
    return IntStream.range(0, p.length).mapToDouble(i -> p[i] * values[i]).sum();
}

double[][] covariance(double[][] T, double[] p) {
    double[][] result = new double[T.length][T.length];
    for (int k = 0; k < T.length; k++) {
        for (int l = 0; l <= k; l++) {
            double mk = mean(T[k], p), ml = mean(T[l], p);
            int a = k, b = l;
            result[k][l] = result[l][k] = IntStream.range(0, p.length).mapToDouble(i -> p[i] * (T[a][i] - mk) * (T[b][i] - ml)).sum();
        }
    }
    return result;
}
